import { decimal } from '../../words/numbers.ts';
import { stageWords } from '../../words/stage.ts';
import { describeMade } from '../models/network-names.ts';
import { aboutTime, estimateMs } from '../run/estimate.ts';
import { whyHeld, whyMissing } from '../run/next-task.ts';
import { paneSize } from '../run/pane-size.ts';
import { describePane, type PaneKey } from '../state/panes.ts';
import {
  type AppState,
  currentItem,
  type Item,
  type Pane,
  type PaneImage,
  type Pin,
  placeholderOf,
  wantedPanes,
} from '../state/state.ts';
import { figuresOf, type RunFigures } from './figures.ts';

export type Phase = 'empty' | 'waiting' | 'running' | 'done' | 'failed' | 'stopped' | 'held' | 'missing';

/** All that a pane shows, as text, numbers and a bitmap: the elements know no more than this. */
export interface PaneCard {
  readonly key: PaneKey;
  readonly title: string;
  /** What its file is called where that is another picture than the one that is shown: of a stretched one the decoded. */
  readonly takenAs?: string;
  readonly scale: string;
  readonly explanation: string;
  readonly width: number;
  readonly height: number;
  readonly phase: Phase;
  readonly drawing: {
    readonly bitmap: PaneImage['bitmap'];
    readonly version: number;
    readonly isPreview: boolean;
  } | null;
  /** The same card as it is where the screen enlarges the picture; null where that is no other. */
  readonly stretched: PaneCard | null;
  /** What a preview is made of, a word or two. */
  readonly placeholder: string;
  /** Why there is no picture (yet), a sentence. */
  readonly note: string | null;
  /** What is being done, a few words; `progress` is 0..1 or null where unknown. */
  readonly step: string | null;
  readonly progress: number | null;
  readonly action: { readonly kind: 'ask' | 'resume' | 'models'; readonly label: string } | null;
  /** How long it takes, as far as that is known before it was made: `about 12 s`. */
  readonly estimate: string | null;
  readonly cold: RunFigures | null;
  readonly warm: RunFigures | null;
  readonly quality: string | null;
}

/** The panes of the current item in display order; before anything is open, the empty ones. */
export function paneCards(state: AppState): PaneCard[] {
  const item = currentItem(state);
  const keys = item === null ? state.shown : wantedPanes(state, item);
  const own = keys.map((key) => (item === null ? emptyCard(key) : itemCard(state, item, key)));
  return [...saidOnce(own), ...state.pins.map((pin) => pinCard(pin, baseSize(state)))];
}

/** What all pictures lack is told, and offered, in the first of them. */
const saidOnce = (cards: readonly PaneCard[]): PaneCard[] =>
  cards.map((card, index) =>
    card.phase === 'missing' && cards.slice(0, index).some(({ note }) => note === card.note)
      ? { ...card, note: null, action: null }
      : card,
  );

/** Size in pixels of the 1x picture, which all panes are laid out by. */
export function baseSize(state: AppState): { width: number; height: number } {
  const item = currentItem(state);
  return item === null ? { width: 256, height: 256 } : paneSize(item, 'decode-1');
}

const emptyCard = (key: PaneKey): PaneCard => ({
  key,
  ...describePane(key),
  width: 0,
  height: 0,
  phase: 'empty',
  drawing: null,
  stretched: null,
  placeholder: '',
  note: null,
  step: null,
  progress: null,
  action: null,
  estimate: null,
  cold: null,
  warm: null,
  quality: null,
});

/** Shapes that differ by less than this are one shape, cut to other cells. */
const SAME_SHAPE = 0.02;

function pinCard(
  { key, title, scale, explanation, image, runs }: Pin,
  base: ReturnType<typeof baseSize>,
): PaneCard {
  const { width, height } = image;
  const isComparable = Math.abs((width / height) * (base.height / base.width) - 1) < SAME_SHAPE;
  return {
    ...emptyCard(key),
    title,
    scale,
    explanation,
    width,
    height,
    phase: isComparable ? 'done' : 'held',
    drawing: isComparable ? { bitmap: image.bitmap, version: 0, isPreview: false } : null,
    note: isComparable ? null : stageWords().otherShape(width, height),
    cold: figuresOf(runs, 'cold'),
    warm: figuresOf(runs, 'warm'),
  };
}

function itemCard(state: AppState, item: Item, key: PaneKey): PaneCard {
  const card = plainCard(state, item, key);
  if (key !== 'decode-1' || item.stretched === null || card.drawing?.isPreview !== false) return card;
  const { bitmap, version } = item.stretched.image;
  const stretched = {
    ...card,
    ...stageWords().stretched,
    takenAs: card.title,
    drawing: { bitmap, version, isPreview: false },
  };
  return { ...card, stretched };
}

function plainCard(state: AppState, item: Item, key: PaneKey): PaneCard {
  const pane = item.panes[key];
  const image = key === 'reference' ? item.reference : (pane?.image ?? placeholderOf(item));
  const runs = pane?.runs ?? [];
  return {
    ...emptyCard(key),
    ...describeMade(state, item, key),
    ...paneSize(item, key),
    ...phaseOf(state, item, key, pane),
    drawing:
      image === null
        ? null
        : {
            bitmap: image.bitmap,
            version: image.version,
            isPreview: key !== 'reference' && pane?.image == null,
          },
    placeholder: placeholderOf(item)?.kind === 'final' ? stageWords().enlarged : stageWords().preview,
    estimate: aboutTime(estimateMs(state, item, key)),
    cold: figuresOf(runs, 'cold'),
    warm: figuresOf(runs, 'warm'),
    quality:
      pane?.quality == null
        ? null
        : `PSNR ${decimal(pane.quality.psnr, 2)} dB · SSIM ${decimal(pane.quality.ssim, 3)}`,
  };
}

type PhaseParts = Pick<PaneCard, 'phase' | 'note' | 'step' | 'progress' | 'action'>;

function phaseOf(state: AppState, item: Item, key: PaneKey, pane: Pane | undefined): PhaseParts {
  const plain = (phase: Phase, note: string | null = null): PhaseParts => ({
    phase,
    note,
    step: null,
    progress: null,
    action: null,
  });
  if (key === 'reference') return plain(item.reference === null ? 'waiting' : 'done');
  const missing = whyMissing(state, item, key);
  if (missing !== null) {
    return { ...plain('missing', missing), action: { kind: 'models', label: stageWords().addWeights } };
  }
  // A repeat for the timing changes nothing in the picture that is there.
  if (pane?.status === 'running' && pane.image?.kind === 'final') return plain('done');
  if (pane?.status === 'running') return { ...plain('running'), ...stepOf(state, item.id, key) };
  if (pane?.status === 'done') return plain('done');
  const again = { kind: 'resume', label: stageWords().again } as const;
  const failure = pane?.message ?? item.message ?? state.engine.failure;
  if (pane?.status === 'failed' || failure !== null) return { ...plain('failed', failure), action: again };
  const held = whyHeld(state, item, key);
  if (held !== null) return { ...plain('held', held), action: { kind: 'ask', label: stageWords().anyway } };
  if (item.isStopped) {
    return {
      ...plain('stopped', stageWords().stopped),
      action: { kind: 'resume', label: stageWords().resume },
    };
  }
  return plain('waiting');
}

function stepOf(state: AppState, itemId: number, key: PaneKey): Pick<PaneCard, 'step' | 'progress'> {
  const activity = state.activity;
  if (activity === null || activity.itemId !== itemId || activity.key !== key) {
    return { step: null, progress: null };
  }
  const say = stageWords();
  const verbs = { upscale: say.upscaling, decode: say.decoding, compile: say.preparing, warmup: say.trying };
  const verb = verbs[activity.step as keyof typeof verbs] ?? say.starting;
  return activity.tiles > 1
    ? {
        step: say.tiles(verb, activity.tile, activity.tiles),
        progress: activity.tile / activity.tiles,
      }
    : { step: verb, progress: null };
}
