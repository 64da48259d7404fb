import { describe, expect, it } from 'vitest';
import type { Planes } from './pixels.ts';
import { type Kernel, resample } from './resample.ts';

/** The same formula made the picture for the expected figures below. */
const wave = (channels: number, height: number, width: number): Planes => ({
  data: Float32Array.from(
    { length: channels * height * width },
    (_, i) => 0.5 + 0.5 * Math.sin(i * 0.37 + (i % 7) * 0.3),
  ),
  channels,
  height,
  width,
});

/**
 * 24x20 picture; bicubic: torch 2 `interpolate(mode='bicubic', antialias=True)`; lanczos3: Pillow's LANCZOS on floats.
 * First five values of the first row, last five of the last, and the sum of all.
 */
const EXPECTED: readonly {
  kernel: Kernel;
  channels: number;
  height: number;
  width: number;
  sum: number;
  first: number[];
  last: number[];
}[] = [
  {
    kernel: 'bicubic',
    channels: 3,
    height: 12,
    width: 10,
    sum: 179.9684,
    first: [0.718078, 0.850142, 0.32847, 0.23968, 0.190217],
    last: [0.934219, 0.560701, 0.593767, 0.295161, 0.0632806],
  },
  {
    kernel: 'bicubic',
    channels: 3,
    height: 6,
    width: 5,
    sum: 45.03288,
    first: [0.487403, 0.389119, 0.489736, 0.598349, 0.555134],
    last: [0.470418, 0.41932, 0.523588, 0.591907, 0.468459],
  },
  {
    kernel: 'bicubic',
    channels: 3,
    height: 48,
    width: 40,
    sum: 2877.323,
    first: [0.463364, 0.543457, 0.71301, 0.856039, 0.960622],
    last: [-0.013558, 0.0192848, 0.114812, 0.262629, 0.332433],
  },
  {
    kernel: 'bicubic',
    channels: 3,
    height: 17,
    width: 31,
    sum: 789.7962,
    first: [0.528896, 0.707546, 0.939929, 0.985863, 0.963684],
    last: [0.128174, 0.0341611, 0.0241698, 0.129334, 0.218468],
  },
  {
    kernel: 'lanczos3',
    channels: 1,
    height: 48,
    width: 40,
    sum: 965.8062,
    first: [0.443135, 0.510689, 0.654704, 0.836691, 0.948585],
    last: [0.983178, 1.02468, 0.977639, 0.911114, 0.864313],
  },
  {
    kernel: 'lanczos3',
    channels: 1,
    height: 12,
    width: 10,
    sum: 60.33885,
    first: [0.735237, 0.898558, 0.299786, 0.22631, 0.176634],
    last: [0.0459279, 0.252712, 0.53147, 0.533762, 0.971081],
  },
];

describe('resample', () => {
  it.each(EXPECTED)('$kernel to $height x $width agrees with the reference', (expected) => {
    const result = resample(wave(expected.channels, 24, 20), expected, expected.kernel);
    const sum = result.data.reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(expected.sum, 2);
    // 1e-5: float32 weights and sums in another order.
    for (let i = 0; i < 5; i += 1) {
      expect(Math.abs((result.data[i] as number) - (expected.first[i] as number))).toBeLessThan(1e-5);
      expect(
        Math.abs((result.data[result.data.length - 5 + i] as number) - (expected.last[i] as number)),
      ).toBeLessThan(1e-5);
    }
  });

  it.each(['bicubic', 'lanczos3'] as const)('%s keeps a flat picture flat, up and down', (kernel) => {
    const flat: Planes = { data: new Float32Array(81).fill(0.3), channels: 1, height: 9, width: 9 };
    for (const side of [1, 4, 9, 31]) {
      for (const value of resample(flat, { height: side, width: side }, kernel).data) {
        expect(value).toBeCloseTo(0.3, 6);
      }
    }
  });

  it('makes any rectangle of the result exactly as the whole', () => {
    const source = wave(2, 13, 11);
    const size = { height: 52, width: 44 };
    const whole = resample(source, size, 'lanczos3');
    const rect = { y: 17, x: 5, height: 20, width: 39 };
    const part = resample(source, size, 'lanczos3', rect);
    for (let c = 0; c < 2; c += 1) {
      for (let y = 0; y < rect.height; y += 1) {
        for (let x = 0; x < rect.width; x += 1) {
          expect(part.data[(c * rect.height + y) * rect.width + x]).toBe(
            whole.data[(c * size.height + rect.y + y) * size.width + rect.x + x],
          );
        }
      }
    }
  });
});
