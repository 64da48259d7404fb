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

function readStep(view: StateView, name: string): VideoStep {
  if (view.has(`${name}.conv.4.weight`)) {
    return { kind: 'memory', name, width: view.side(`${name}.conv.0.weight`, 0) };
  }
  if (view.has(`${name}.conv.weight`)) {
    const [out = 0, inner = 0] = view.dims(`${name}.conv.weight`);
    const width = Math.min(out, inner);
    return { kind: 'time', name, width, factor: Math.max(out, inner) / width };
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
