/** Pictures are at most this much longer than wide when a width is guessed; a person may choose any divisor. */
const MAX_ASPECT = 4;

/** At most this many differences are looked at for each width. */
const SAMPLE = 400_000;

/** The widths (tokens in a row) that divide `tokens`, ascending. */
export function packedWidths(tokens: number): readonly number[] {
  const small: number[] = [];
  const large: number[] = [];
  for (let w = 1; w * w <= tokens; w++) {
    if (tokens % w !== 0) continue;
    small.push(w);
    if (w * w !== tokens) large.unshift(tokens / w);
  }
  return [...small, ...large];
}

/** A guessed width and how far it leads: the runner-up's mean difference over its own, minus 1 (about 0: no better than chance). */
export interface WidthGuess {
  readonly width: number;
  readonly lead: number;
}

/**
 * The width of a row-major grid of tokens: the divisor w whose tokens n and n + w, one above the other, differ least on average
 * (0.85 at the true width against 0.92 to 0.97: docs/facts/latents.md#packed-tokens). Grids longer than 4:1 are not considered; near ties go to the squarest.
 * `values` is [tokens, channels], finite.
 */
export function guessPackedWidth(values: Float32Array, tokens: number, channels: number): WidthGuess {
  const all = packedWidths(tokens);
  const aspect = (w: number): number => Math.max(w / (tokens / w), tokens / w / w);
  const squarest = all.reduce((a, b) => (aspect(b) < aspect(a) ? b : a));
  const usual = all.filter((w) => aspect(w) <= MAX_ASPECT);
  if (usual.length < 2) return { width: usual[0] ?? squarest, lead: 0 };
  const scores = usual
    .map((w) => ({ w, difference: meanDifference(values, tokens, channels, w) }))
    .sort((a, b) => a.difference - b.difference);
  const [best, second] = scores;
  if (best === undefined || second === undefined || best.difference === 0) {
    return { width: squarest, lead: 0 };
  }
  const lead = second.difference / best.difference - 1;
  // Below half a percent the order is chance: noise has none, and the squarest grid is the commonest.
  return lead < 0.005 && usual.includes(squarest) ? { width: squarest, lead } : { width: best.w, lead };
}

function meanDifference(values: Float32Array, tokens: number, channels: number, w: number): number {
  const stride = Math.max(1, Math.floor(((tokens - w) * channels) / SAMPLE));
  let [sum, count] = [0, 0];
  for (let n = 0; n + w < tokens; n += stride) {
    const a = n * channels;
    const b = (n + w) * channels;
    for (let c = 0; c < channels; c++) sum += Math.abs((values[b + c] as number) - (values[a + c] as number));
    count += channels;
  }
  return count === 0 ? Infinity : sum / count;
}
