import type { Latent } from './latent.ts';

export { pairsToDecide } from './pairs-to-decide.ts';

/** Below this, a reading is plausible: measured with TAEF2, right ones give 0.30 to 0.35, wrong ones 0.53 and more (docs/facts/latents.md#telling-families-and-spaces-apart). */
export const PLAUSIBLE_ERROR = 0.45;

/** The error of every candidate, in their order, and the index of the one decided on, or null where none is plausible. */
export interface CycleVerdict {
  readonly errors: readonly number[];
  readonly winner: number | null;
}

/** rms(a - b) / std(a): how far a latent moves when it is decoded and encoded again, in its own spread. Infinity for constants. */
export function cycleError(latent: Latent, cycled: Latent): number {
  const { data } = latent;
  if (cycled.data.length !== data.length) return Infinity;
  let [sum, squares, moved] = [0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    const step = (cycled.data[i] as number) - value;
    sum += value;
    squares += value * value;
    moved += step * step;
  }
  const variance = squares / data.length - (sum / data.length) ** 2;
  return variance > 0 ? Math.sqrt(moved / data.length / variance) : Infinity;
}

/**
 * Decides a doubtful reading by what pictures do: `cycle` decodes a latent and encodes the picture again (same space and size; the engine
 * supplies it), and the reading that survives best wins if it is plausible. Candidates run one after another; a rejection of
 * `cycle` (an abort) ends it.
 */
export async function decideByCycle(
  candidates: readonly Latent[],
  cycle: (latent: Latent) => Promise<Latent>,
): Promise<CycleVerdict> {
  const errors: number[] = [];
  for (const candidate of candidates) {
    const error = cycleError(candidate, await cycle(candidate));
    errors.push(Number.isNaN(error) ? Infinity : error);
  }
  const least = Math.min(...errors);
  return { errors, winner: least < PLAUSIBLE_ERROR ? errors.indexOf(least) : null };
}
