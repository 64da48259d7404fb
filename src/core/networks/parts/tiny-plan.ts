import type { StateView } from '../../weights/state-view.ts';

/** One numbered layer of a TAESD-type Sequential that carries weights. */
export type TinyStep =
  | {
      readonly kind: 'block';
      readonly name: string;
      readonly from: number;
      readonly to: number;
      readonly isPooled: boolean;
    }
  | {
      readonly kind: 'conv';
      readonly name: string;
      readonly from: number;
      readonly to: number;
      readonly hasBias: boolean;
      /** What stands around it without weights of its own. */
      readonly mode: 'plain' | 'then-relu' | 'doubled' | 'halved' | 'halved-then-relu';
    };

/**
 * The layers behind the numbers of a Sequential, from shapes and gaps: convolutions without bias change the resolution
 * (after an upsampling in a decoder, by stride in an encoder); a missing number after one with bias is its ReLU, and in
 * encoders only the 32-pixel kind has those, on convolutions of stride 2 (madebyollin/taesd, F32Encoder).
 */
export function readTinySteps(view: StateView, role: 'decoder' | 'encoder'): TinyStep[] {
  const numbers = new Set<number>();
  for (const name of view.names()) {
    const match = /^(\d+)\./.exec(name);
    if (match) numbers.add(Number(match[1]));
  }
  const ordered = [...numbers].sort((p, q) => p - q);
  return ordered.map((number): TinyStep => {
    const name = `${number}`;
    if (view.has(`${name}.conv.0.weight`)) {
      const weight = `${name}.conv.0.weight`;
      return {
        kind: 'block',
        name,
        from: view.side(weight, 1),
        to: view.side(weight, 0),
        isPooled: view.has(`${name}.pool.0.weight`),
      };
    }
    const weight = `${name}.weight`;
    const hasBias = view.has(`${name}.bias`);
    const isFollowedByRelu = number !== ordered.at(-1) && !numbers.has(number + 1);
    const mode = !hasBias
      ? role === 'decoder'
        ? 'doubled'
        : 'halved'
      : isFollowedByRelu
        ? role === 'decoder'
          ? 'then-relu'
          : 'halved-then-relu'
        : 'plain';
    return { kind: 'conv', name, from: view.side(weight, 1), to: view.side(weight, 0), hasBias, mode };
  });
}

const isResizing = (step: TinyStep): boolean => step.kind === 'conv' && /doubled|halved/.test(step.mode);

/** The steps at latent resolution, and those after, of a decoder. */
export function cutAtPixels(steps: readonly TinyStep[]): readonly [latent: TinyStep[], pixels: TinyStep[]] {
  const at = steps.findIndex(isResizing);
  return [steps.slice(0, at), steps.slice(at)];
}

export const pixelsPerCell = (steps: readonly TinyStep[]): number => 2 ** steps.filter(isResizing).length;

/** Reach in latent cells of the convolutions, walked from the pixels (decoder) or from the latent (encoder). */
export function tinyReach(steps: readonly TinyStep[], role: 'decoder' | 'encoder'): number {
  let reach = 0;
  for (const step of [...steps].reverse()) {
    const own = step.kind === 'block' ? 3 : 1;
    if (role === 'decoder') reach = isResizing(step) ? Math.ceil((reach + own) / 2) : reach + own;
    else reach = isResizing(step) ? 2 * reach + own : reach + own;
  }
  return role === 'decoder' ? reach : Math.ceil(reach / pixelsPerCell(steps));
}
