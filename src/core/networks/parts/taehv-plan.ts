import type { StateView } from '../../weights/state-view.ts';

/** One layer of a TAEHV half that carries weights. */
export type VideoStep =
  | { readonly kind: 'memory'; readonly name: string; readonly width: number }
  /** Several frames out of one (a decoder), or one out of several (an encoder). */
  | { readonly kind: 'time'; readonly name: string; readonly width: number; readonly factor: number }
  | {
      readonly kind: 'conv';
      readonly name: string;
      readonly from: number;
      readonly to: number;
      readonly hasBias: boolean;
    };

/** Every such layer that we know of has 1 or 2. */
const MAX_FACTOR = 8;

/**
 * How many frames a layer of such sides parts or joins. Sides that are no whole multiple give the next likely one, so that the build goes on and
 * tells the tensor as one of another shape.
 */
function timeOf(out: number, inner: number): { width: number; factor: number } {
  const [width, wide] = [Math.min(out, inner), Math.max(out, inner)];
  if (width === 0) return { width: wide, factor: 1 };
  return { width, factor: Math.min(MAX_FACTOR, Math.round(wide / width)) };
}

function readStep(view: StateView, name: string): VideoStep {
  if (view.has(`${name}.conv.4.weight`)) {
    return { kind: 'memory', name, width: view.side(`${name}.conv.0.weight`, 0) };
  }
  if (view.has(`${name}.conv.weight`)) {
    const [out = 0, inner = 0] = view.dims(`${name}.conv.weight`);
    return { kind: 'time', name, ...timeOf(out, inner) };
  }
  const [to = 0, from = 0] = view.dims(`${name}.weight`);
  return { kind: 'conv', name, from, to, hasBias: view.has(`${name}.bias`) };
}

/** The numbered layers in order. A convolution without bias stands behind each `time` layer, and changes the resolution. */
export function readVideoSteps(view: StateView): readonly VideoStep[] {
  const numbers = new Set<number>();
  for (const name of view.names()) {
    const match = /^(\d+)\./.exec(name);
    if (match) numbers.add(Number(match[1]));
  }
  return [...numbers].sort((p, q) => p - q).map((number) => readStep(view, `${number}`));
}

const isResizing = (step: VideoStep): boolean => step.kind === 'conv' && !step.hasBias;

/** Cells of the last layer's grid for one of the latent's, along an axis. */
export const doublings = (steps: readonly VideoStep[]): number => 2 ** steps.filter(isResizing).length;

/** Frames that come of one latent frame, or make it. */
export const framesPerLatent = (steps: readonly VideoStep[]): number =>
  steps.reduce((product, step) => (step.kind === 'time' ? product * step.factor : product), 1);

/** LTX makes 8, the most of any video network that we know of. */
const MAX_FRAMES_PER_LATENT = 64;

/** Why no network makes so many frames, as a clause, or null. Asked before anything is built for them. */
export function framesRefusal(steps: readonly VideoStep[]): string | null {
  const frames = framesPerLatent(steps);
  if (frames <= MAX_FRAMES_PER_LATENT) return null;
  return `it has ${frames} frames for each of a latent, more than the ${MAX_FRAMES_PER_LATENT} that any network has`;
}

/** Frames of a clip from `first` to `last`, both counted, from 0. */
export interface FrameRange {
  readonly first: number;
  readonly last: number;
}

/** What each step of a decoder must be given so that `wanted` of its pictures come about: the first step's frames first, `wanted` last. */
export function rangesFor(steps: readonly VideoStep[], wanted: FrameRange): readonly FrameRange[] {
  const ranges: FrameRange[] = [];
  let { first, last } = wanted;
  for (const step of [...steps].reverse()) {
    if (step.kind === 'memory') first = Math.max(0, first - 1);
    if (step.kind === 'time') {
      first = Math.floor(first / step.factor);
      last = Math.floor(last / step.factor);
    }
    ranges.push({ first, last });
  }
  return ranges.reverse();
}

/** How many latent frames before its own count in a picture, at most. */
export function framesBefore(steps: readonly VideoStep[]): number {
  const frame = steps.length;
  const picture = frame * framesPerLatent(steps);
  return frame - (rangesFor(steps, { first: picture, last: picture })[0]?.first ?? frame);
}

/** Reach in latent cells, walked from the pixels (decoder) or from the latent (encoder). */
export function videoReach(steps: readonly VideoStep[], role: 'decoder' | 'encoder'): number {
  let reach = 0;
  for (const step of [...steps].reverse()) {
    const own = step.kind === 'memory' ? 3 : step.kind === 'conv' ? 1 : 0;
    if (!isResizing(step)) reach += own;
    else reach = role === 'decoder' ? Math.ceil((reach + own) / 2) : 2 * reach + own;
  }
  return role === 'decoder' ? reach : Math.ceil(reach / doublings(steps));
}
