import type { Precision } from '../src/contract/engine.ts';
import { estimateMemory } from '../src/core/graph/index.ts';
import { largestSide } from '../src/core/tiles.ts';
import type { Compute } from './compute.ts';
import type { Model } from './model.ts';

/** Tensors of the largest size that a run holds at once: a layer's input and output, a residual, and work space. */
const LIVE_TENSORS = 4;

/**
 * The largest tile side that the compute can hold, at most `upTo`, both in grid cells; the model's input has `inputFactor`
 * samples per cell. Told from the graph without reading a weight.
 */
export function tileSideFor(
  compute: Pick<Compute, 'tensorLimitBytes' | 'budgetBytes'>,
  model: Model,
  precision: Precision,
  options: { readonly upTo: number; readonly inputFactor: number; readonly scale: 2 | 4 | null },
): number {
  return largestSide(options.upTo, (cells) => {
    const side = cells * options.inputFactor;
    const { largestActivationBytes: bytes } = estimateMemory(model.description, model.state, {
      height: side,
      width: side,
      precision,
      ...(options.scale !== null && { scale: options.scale }),
    });
    return bytes <= compute.tensorLimitBytes && bytes * LIVE_TENSORS <= compute.budgetBytes;
  });
}
