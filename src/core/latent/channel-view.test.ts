import { describe, expect, it } from 'vitest';
import { channelOf, greyPixels, histogram, shownRange, spreadOf } from './channel-view.ts';

const latent = {
  data: Float32Array.from([0, 1, 2, 3, 10, 10, 10, 10]),
  channels: 2,
  height: 2,
  width: 2,
  family: 'flux2',
  space: 'model',
} as const;

describe('a look at channels', () => {
  it('takes one channel without copying it', () => {
    expect([...channelOf(latent, 0)]).toEqual([0, 1, 2, 3]);
    expect(channelOf(latent, 1).buffer).toBe(latent.data.buffer);
  });

  it('has the spread of the finite values', () => {
    expect(spreadOf(Float32Array.from([1, 3, Number.NaN, Number.POSITIVE_INFINITY]))).toEqual({
      min: 1,
      max: 3,
      mean: 2,
      std: 1,
    });
    expect(spreadOf(Float32Array.from([Number.NaN]))).toEqual({ min: 0, max: 0, mean: 0, std: 0 });
  });

  it('draws the range from black to white, and a flat channel without noise', () => {
    const pixels = greyPixels(channelOf(latent, 0), { low: 0, high: 3 });
    expect([pixels[0], pixels[4], pixels[12], pixels[3]]).toEqual([0, 85, 255, 255]);
    expect(
      new Set(greyPixels(channelOf(latent, 1), shownRange(channelOf(latent, 1))).filter((_, i) => i % 4 < 3)),
    ).toEqual(new Set([0]));
  });

  it('counts every finite value once', () => {
    const values = Float32Array.from([-9, 0, 0.4, 0.6, 1, 9, Number.NaN]);
    expect([...histogram(values, 2, { low: 0, high: 1 })]).toEqual([3, 3]);
  });
});
