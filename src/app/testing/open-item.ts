import type { ModelEntry } from '../../contract/model-manifest.ts';
import type { Latent } from '../../core/latent/latent.ts';
import { type Item, UNMADE } from '../state/state.ts';
import { flatLatent } from './fake-engine-client.ts';

/** An item as the opener makes it from a small file. */
export function openItem(id: number, latent: Latent = flatLatent(4, 4)): Item {
  return {
    id,
    name: `file-${id}.npy`,
    origin: { kind: 'file' },
    source: {
      kind: 'picture',
      blob: new Blob([]),
      width: 32,
      height: 32,
      settings: { longestSide: 512, background: 'white', referenceFactor: null },
      encodeMs: null,
    },
    latent,
    preview: null,
    ...UNMADE,
    isDecided: true,
  };
}

const model = (role: ModelEntry['role']): ModelEntry => ({
  id: `flux2-${role}`,
  family: 'flux2',
  role,
  architecture: 'latentlift-decoder',
  file: `flux2-${role}.safetensors`,
  sizeBytes: 1000,
  sha256: '0'.repeat(64),
  precision: 'f16',
  space: 'model',
  licence: 'Apache-2.0',
  provenance: 'a test',
  quality: {},
});

/** All three roles of the built-in family. */
export const MODELS: readonly ModelEntry[] = [model('decoder'), model('encoder'), model('upscaler')];

/** The same with a second decoder. */
export const WITH_FINE: readonly ModelEntry[] = MODELS.flatMap((entry): ModelEntry[] =>
  entry.role === 'decoder'
    ? [
        { ...entry, grade: 'fast' },
        { ...entry, id: 'flux2-decoder-fine', grade: 'fine' },
      ]
    : [entry],
);
