import type { Precision } from '../../src/contract/engine.ts';
import { estimateMemory } from '../../src/core/graph/index.ts';
import { largestSide } from '../../src/core/tiles.ts';
import type { Compute } from './compute.ts';
import type { Model } from './model.ts';

/** The runtime's own work space on top of the live tensors (unrolled convolution inputs, packed weights). */
const WORK_SPACE = 4 / 3;

/**
 * The largest tile side that the compute can hold, at most `upTo`, both in grid cells; the model's input has `inputFactor`
 * samples per cell. Told from the graph without reading a weight.
 */
export function tileSideFor(
  compute: Pick<Compute, 'tensorLimitBytes' | 'budgetBytes'>,
  model: Model,
  precision: Precision,
  options: { readonly upTo: number; readonly inputFactor: number; readonly scale: number | null },
): number {
  return largestSide(options.upTo, (cells) => {
    const side = cells * options.inputFactor;
    const { largestActivationBytes, liveActivationBytes } = estimateMemory(model.description, model.state, {
      height: side,
      width: side,
      precision,
      ...(options.scale !== null && { scale: options.scale }),
    });
    return (
      largestActivationBytes <= compute.tensorLimitBytes &&
      liveActivationBytes * WORK_SPACE <= compute.budgetBytes
    );
  });
}
