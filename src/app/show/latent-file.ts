import type { Scale } from '../../contract/engine.ts';
import type { Latent } from '../../core/latent/latent.ts';
import { comfyFormat, formatOf, type LatentFormat, writeLatent } from '../../core/latent/write-latent.ts';
import { slug, upscalerName } from '../models/network-names.ts';
import { type AppState, currentItem, type Item } from '../state/state.ts';
import { stemOf } from './export-names.ts';
import type { SaveFormat } from './latent-formats.ts';

/** The latent as a file in the chosen format, with `texts` on how it was made where the format holds any; `same` is the convention that the open file came in, packing included. */
export function saveLatentFile(
  state: AppState,
  latent: Latent,
  scale: Scale,
  format: SaveFormat,
  texts: Readonly<Record<string, string>> = {},
): { bytes: Uint8Array<ArrayBuffer>; fileName: string } {
  const item = currentItem(state);
  const name = stemOf(item?.name ?? 'latent');
  const by = upscalerName(state, latent.family);
  const layout = layoutFor(state, latent, format);
  const told = { ...layout, metadata: { ...texts, ...conversionOf(item), ...layout.metadata } };
  return writeLatent(
    latent,
    told,
    scale === 1 ? name : `${name}${by === 'LUA' ? '' : `-${slug(by)}`}-x${scale}`,
  );
}

/** Of what and by what a converted latent was made, for whoever opens the file. */
function conversionOf(item: Item | null): Readonly<Record<string, string>> {
  if (item?.source.kind !== 'latent') return {};
  const { metadata } = item.source.file;
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => name.startsWith('converted_')));
}

function layoutFor(state: AppState, latent: Latent, format: SaveFormat): LatentFormat {
  const source = currentItem(state)?.source;
  if (format === 'comfy') return comfyFormat(latent);
  if (format === 'same' && source?.kind === 'latent') return formatOf(source.reading);
  return {
    container: format === 'safetensors' ? 'safetensors' : 'npy',
    dtype: format === 'npy-f16' ? 'F16' : 'F32',
    space: latent.space,
    axes: 'bchw',
    isPatched: false,
    tensor: 'latent',
    metadata: {},
  };
}
