import { describe, expect, it } from 'vitest';
import { crop, fromRgba, type Planes, paste, toRgba } from './pixels.ts';

const planes = (height: number, width: number, values: readonly number[]): Planes => ({
  data: Float32Array.from(values),
  channels: values.length / (height * width),
  height,
  width,
});

describe('toRgba', () => {
  it('clamps, rounds, turns NaN black and sets alpha', () => {
    const picture = planes(1, 4, [0, 1, 2, Number.NaN, 0.5, -3, 0.2, 0, 1, 1, 1, 1]);
    expect([...toRgba(picture, 'unit')]).toEqual([
      0, 128, 255, 255, 255, 0, 255, 255, 255, 51, 255, 255, 0, 0, 255, 255,
    ]);
  });

  it('maps [-1,1] to the whole range', () => {
    expect([...toRgba(planes(1, 1, [-1, 0, 1]), 'signed')]).toEqual([0, 128, 255, 255]);
  });

  it('takes a fourth plane for opacity, in the range of the others', () => {
    expect([...toRgba(planes(1, 2, [0, 1, 0, 1, 0, 1, 0.2, 9]), 'unit')]).toEqual([
      0, 0, 0, 51, 255, 255, 255, 255,
    ]);
    expect([...toRgba(planes(1, 1, [1, 1, 1, 0]), 'signed')]).toEqual([255, 255, 255, 128]);
  });

  it('takes only the rectangle asked for', () => {
    const values = Array.from({ length: 12 }, (_, i) => (i % 4) / 255);
    expect([...toRgba(planes(2, 2, values), 'unit', { y: 1, x: 1, height: 1, width: 1 })]).toEqual([
      3, 3, 3, 255,
    ]);
  });

  it.each(['unit', 'signed'] as const)('is undone by fromRgba (%s)', (range) => {
    const bytes = Uint8ClampedArray.from({ length: 24 }, (_, i) => (i % 4 === 3 ? 255 : (i * 37) % 256));
    expect(toRgba(fromRgba(bytes, 2, 3, range), range)).toEqual(bytes);
  });
});

describe('crop and paste', () => {
  const source = planes(
    3,
    4,
    Array.from({ length: 24 }, (_, i) => i),
  );

  it('crop copies a rectangle of every channel', () => {
    expect([...crop(source, { y: 1, x: 2, height: 2, width: 2 }).data]).toEqual([
      6, 7, 10, 11, 18, 19, 22, 23,
    ]);
  });

  it('paste puts it where it is told and nowhere else', () => {
    const target = planes(2, 3, new Array(12).fill(-1));
    paste(target, source, { y: 2, x: 1, height: 1, width: 2 }, 1, 1);
    expect([...target.data]).toEqual([-1, -1, -1, -1, 9, 10, -1, -1, -1, -1, 21, 22]);
  });
});
