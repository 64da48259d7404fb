import { describe, expect, it } from 'vitest';
import { busiestSpot } from './busiest-spot.ts';
import type { Latent } from './latent.ts';

const latentOf = (height: number, width: number, value: (y: number, x: number) => number): Latent => ({
  data: Float32Array.from({ length: 2 * height * width }, (_, i) =>
    value(Math.floor((i % (height * width)) / width), i % width),
  ),
  channels: 2,
  height,
  width,
  family: 'flux2',
  space: 'model',
});

describe('the busiest spot of a latent', () => {
  it('lies within the part whose cells differ', () => {
    const { x, y } = busiestSpot(latentOf(24, 32, (v, u) => (v > 15 && u < 8 ? (v * 7 + u * 5) % 3 : 0)));
    expect(x).toBeLessThan(8 / 32);
    expect(y).toBeGreaterThan(15 / 24);
  });

  it('is the middle where nothing differs', () => {
    const { x, y } = busiestSpot(latentOf(9, 9, () => 1));
    expect([x, y]).toEqual([0.5, 0.5]);
  });

  it('is not led astray by values that are no numbers', () => {
    const noise = (v: number, u: number) => (v < 6 && u < 6 ? (v + u) % 2 : 0);
    const { x, y } = busiestSpot(
      latentOf(24, 24, (v, u) => (v === 20 && u === 20 ? Number.NaN : noise(v, u))),
    );
    expect(Math.max(x, y)).toBeLessThan(0.4);
  });
});
