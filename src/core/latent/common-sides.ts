/** A longer picture is taken for a wrong reading of the axes when guessing; a person may still choose it. */
const MAX_ASPECT = 16;

/** 4 cells are 32 pixels; a smaller side means channels or frames taken for rows. */
const MIN_SIDE = 4;

/** True for sides, in cells, that a picture may well have. */
export function areCommonSides(height: number, width: number): boolean {
  const short = Math.min(height, width);
  return short >= MIN_SIDE && Math.max(height, width) <= MAX_ASPECT * short;
}
