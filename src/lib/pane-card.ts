import { isUpscaled, methodWord, nameIn } from '../app/models/network-names.ts';
import { figuresOf } from '../app/show/figures.ts';
import type { PaneCard } from '../app/show/pane-cards.ts';
import { describePane, paneKey } from '../app/state/panes.ts';
import type { Progress } from '../contract/call.ts';
import type { DecodedImage, LoadedModel, Scale } from '../contract/engine.ts';

export const keyOf = (scale: Scale) => paneKey(scale === 1 ? 'decode' : 'lua', scale);

/** A pane of the stage before its picture is there, the latent's preview in its place. */
export const waitingCard = (
  scale: Scale,
  size: { readonly width: number; readonly height: number },
  preview: ImageBitmap | null,
): PaneCard => ({
  key: keyOf(scale),
  ...describePane(keyOf(scale)),
  width: size.width * scale,
  height: size.height * scale,
  phase: 'waiting',
  drawing: preview === null ? null : { bitmap: preview, version: 0, isPreview: true },
  placeholder: 'Preview',
  note: null,
  step: null,
  progress: null,
  stretched: null,
  action: null,
  estimate: null,
  cold: null,
  warm: null,
  quality: null,
});

/** The cards with the name of the network that enlarges, which is known once the models are loaded. */
export function namedCards(
  cards: readonly PaneCard[],
  models: readonly LoadedModel[],
  upscaler: string | undefined,
): readonly PaneCard[] {
  const network = models.find(({ id }) => id === upscaler);
  if (network === undefined) return cards;
  return cards.map((card) => (isUpscaled(card.key) ? { ...card, title: nameIn(network.title) } : card));
}

/** What a saved picture is called. */
export const wordOf = ({ key, title }: PaneCard): string => methodWord(key, title);

const STEPS: Readonly<Partial<Record<Progress['kind'], string>>> = {
  fetch: 'Fetching',
  compile: 'Preparing',
  warmup: 'Testing',
  upscale: 'Upscaling',
  decode: 'Decoding',
};

function shareOf(progress: Progress): number | null {
  if (progress.kind === 'fetch') {
    return progress.totalBytes > 0 ? progress.loadedBytes / progress.totalBytes : null;
  }
  return 'tiles' in progress ? progress.tile / progress.tiles : null;
}

export const runningCard = (card: PaneCard, progress: Progress): PaneCard => ({
  ...card,
  phase: 'running',
  step: STEPS[progress.kind] ?? 'Waiting',
  progress: shareOf(progress),
});

export const doneCard = (card: PaneCard, { bitmap, width, height, timings }: DecodedImage): PaneCard => ({
  ...card,
  width,
  height,
  phase: 'done',
  drawing: { bitmap, version: 1, isPreview: false },
  step: null,
  cold: figuresOf([timings], 'cold'),
  warm: figuresOf([timings], 'warm'),
});

export const failedCard = (card: PaneCard, note: string): PaneCard => ({
  ...card,
  phase: 'failed',
  step: null,
  note,
});
