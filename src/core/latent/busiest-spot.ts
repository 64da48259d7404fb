import type { Latent } from './latent.ts';

/** A place of a picture, 0..1 of its width and height. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Cells to each side of a cell that count as its surroundings: a pane on a detail shows about twice as many. */
const REACH = 3;

/**
 * The middle of the part of a latent where neighbouring cells differ most: there is detail to look at. The energy of
 * differences over all channels, summed over 7 x 7 cells; of several equal places the one nearest the middle. Values that
 * are no numbers count as no difference.
 */
export function busiestSpot({ data, channels, height, width }: Latent): Spot {
  const energy = new Float64Array(height * width);
  for (let c = 0; c < channels; c += 1) {
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const i = (c * height + y) * width + x;
        const value = data[i] as number;
        const across = x + 1 < width ? (data[i + 1] as number) - value : 0;
        const down = y + 1 < height ? (data[i + width] as number) - value : 0;
        const sum = across * across + down * down;
        if (Number.isFinite(sum)) energy[y * width + x] = (energy[y * width + x] as number) + sum;
      }
    }
  }
  let best = { x: 0.5, y: 0.5, sum: -1, distance: 0 };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const sum = around(energy, height, width, y, x);
      const spot = { x: (x + 0.5) / width, y: (y + 0.5) / height };
      const distance = Math.hypot(spot.x - 0.5, spot.y - 0.5);
      if (sum > best.sum || (sum === best.sum && distance < best.distance)) best = { ...spot, sum, distance };
    }
  }
  return { x: best.x, y: best.y };
}

function around(energy: Float64Array, height: number, width: number, y: number, x: number): number {
  let sum = 0;
  for (let v = Math.max(0, y - REACH); v <= Math.min(height - 1, y + REACH); v += 1) {
    for (let u = Math.max(0, x - REACH); u <= Math.min(width - 1, x + REACH); u += 1) {
      sum += energy[v * width + u] as number;
    }
  }
  return sum;
}
