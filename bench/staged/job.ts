import type { Precision } from '../../src/contract/engine.ts';
import type { ModelDescription } from '../../src/core/graph/model-description.ts';
import type { Latent } from '../../src/core/latent/latent.ts';
import { noise } from '../../src/core/weights/synthetic.ts';

/** An upscaler over a latent of noise. */
export interface StagedJob {
  readonly golden: string;
  readonly height: number;
  readonly width: number;
  readonly precision: Precision;
  /** The longest side of a tile, in stages; null for one piece. */
  readonly tileCells: number | null;
}

export interface StagedResult {
  /** The enlarged latent, [channels, 2 height, 2 width]. */
  readonly data: readonly number[];
  readonly stages: number;
  /** Of all stages together. */
  readonly tiles: number;
}

/** Noise, brighter to one side, so that a tile's own mean is not the whole's. */
export function testLatent(
  { channels, families, space }: ModelDescription,
  { height, width }: Pick<StagedJob, 'height' | 'width'>,
): Latent {
  const data = noise('a latent', channels * height * width, 1, 0).map(
    (value, i) => value + (i % width) / width,
  );
  return { data, channels, height, width, family: families[0] ?? 'sdxl', space };
}
