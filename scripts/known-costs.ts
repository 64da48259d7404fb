import { readFileSync } from 'node:fs';
import { luaRelease, withoutValues } from '../bench/shapes.ts';
import type { KnownCost, KnownWeights } from '../src/app/state/models-state.ts';
import { countMultiplyAdds, estimateMemory, type StateDict } from '../src/core/graph/index.ts';
import { readGolden } from '../src/core/networks/golden.ts';
import { recogniseModel } from '../src/core/networks/recognise.ts';

const PIXELS = 512;

/** The golden that has an entry's shapes. A golden of 16 channels serves FLUX.1 and Wan, whose files differ in their values. */
const GOLDENS: Readonly<Record<string, string>> = {
  taesd: 'tiny-4-published',
  taesdxl: 'tiny-4-published',
  taesd3: 'tiny-16-published',
  taef1: 'tiny-16-published',
  taef2: 'tiny-32-published',
  taesana: 'taesana-published',
  'taeqi-21-decoder': 'taeqi-published',
  'sd-vae-ft-mse': 'kl-4-published',
  'sdxl-vae-fp16-fix': 'kl-4-published',
  'playground-vae': 'kl-4-published',
  'flux1-vae': 'kl-16-published',
  'flux2-vae': 'kl-32-published',
  'flux2-small-decoder': 'kl-flux2-small-decoder',
  'sesqui-sdxl': 'sesqui-4',
  'sesqui-flux1': 'sesqui-16',
  'sesqui-wan': 'sesqui-16',
  'sesqui-flux2': 'sesqui-32',
  'sesqui-qwen-image-21': 'sesqui-64-worked-out',
  'sd-latent-upscaler-xl': 'sd-latent-v2',
  'sd-latent-upscaler-v1': 'sd-latent-v2',
  'nn-latent-sdxl': 'nn-latent-published',
  'nn-latent-sd1': 'nn-latent-published',
  'taew2-1': 'taehv-wan',
  'taew2-2': 'taehv-wan22',
  'taeltx-2': 'taehv-ltx',
  taeh3: 'taehv-h3',
  'interposer-v1-xl': 'interposer-xl-v1',
  'interposer-xl-v1': 'interposer-xl-v1',
  'interposer-v1-v3': 'interposer-4-16-published',
  'interposer-xl-v3': 'interposer-4-16-published',
  'interposer-v3-v1': 'interposer-v3-xl',
  'interposer-v3-xl': 'interposer-v3-xl',
  'interposer-fx-v1': 'interposer-v3-xl',
  'interposer-fx-xl': 'interposer-v3-xl',
  'interposer-fx-v3': 'interposer-16-16-published',
};

function shapesOf(id: string): StateDict {
  if (id === 'lua-flux') return withoutValues(luaRelease());
  const golden = GOLDENS[id];
  if (golden === undefined) throw new RangeError(`${id} has no golden of its shapes`);
  const file = new URL(`../src/core/networks/fixtures/${golden}.safetensors`, import.meta.url);
  return readGolden(new Uint8Array(readFileSync(file))).state;
}

/** What an entry asks, from the graph of its shapes; memory to three digits. Throws where no shapes are known for it. */
export function costOf({ id, slot }: Pick<KnownWeights, 'id' | 'slot'>): KnownCost {
  const state = shapesOf(id);
  const description = recogniseModel(state).find(({ role }) => role === slot);
  if (description === undefined) throw new RangeError(`the shapes for ${id} hold no ${slot}`);
  const side = PIXELS / description.pixelsPerCell;
  const request = {
    height: side,
    width: side,
    precision: 'f32',
    ...(slot === 'upscaler' && { scale: 2 }),
  } as const;
  return {
    gigaMultiplyAdds: Number((countMultiplyAdds(description, state, request) / 1e9).toPrecision(3)),
    memoryBytes: Number(estimateMemory(description, state, request).totalBytes.toPrecision(3)),
  };
}
