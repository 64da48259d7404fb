import type { Scale } from '../../contract/engine.ts';
import { hasLayers } from '../../core/latent/axes.ts';
import { belowWords } from '../../words/below.ts';
import { chosenFor, offersScale } from '../models/models.ts';
import { type AppState, currentItem, type LatentSource } from '../state/state.ts';

/** Formats that a latent can be saved in; `same` is the convention it came in. */
export type SaveFormat = 'same' | 'npy-f16' | 'npy-f32' | 'safetensors' | 'comfy';

export interface FormatChoice {
  readonly value: SaveFormat;
  readonly label: string;
}

const FORMATS: readonly FormatChoice[] = [
  { value: 'npy-f16', label: '.npy, float16' },
  { value: 'npy-f32', label: '.npy, float32' },
  { value: 'safetensors', label: '.safetensors' },
  { value: 'comfy', label: 'ComfyUI .latent' },
];

/** A latent made from a picture did not come in any convention. */
export function saveFormats(state: AppState): readonly FormatChoice[] {
  const source = currentItem(state)?.source;
  return source?.kind === 'latent'
    ? [{ value: 'same', label: belowWords().asItCame + butFor(source) }, ...FORMATS]
    : FORMATS;
}

/** What cannot be as it came: some kinds of file are only read here, and one latent is saved at a time. */
function butFor({ reading }: LatentSource): string {
  const isOtherFile = ['torch', 'npz', 'png'].includes(reading.container);
  const say = belowWords();
  const parts = [
    isOtherFile ? say.asNpy : '',
    reading.items > 1 ? say.thisOne : '',
    reading.frames < 2 ? '' : hasLayers(reading.layout.axes) ? say.thisLayer : say.thisFrame,
  ];
  return parts.join('');
}

/** Sizes that can be had: all of them where the family has LUA weights. */
export function saveScales(state: AppState): readonly Scale[] {
  const latent = currentItem(state)?.latent ?? null;
  if (latent === null) return [];
  const upscaler = chosenFor(state, latent.family, 'upscaler');
  return ([1, 2, 4] as const).filter(
    (scale) => scale === 1 || (upscaler !== null && offersScale(upscaler, scale)),
  );
}
