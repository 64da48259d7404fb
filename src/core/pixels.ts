import type { Rect } from './tiles.ts';

/** `unit`: colour values in [0,1]. `signed`: in [-1,1], as the large autoencoders give them. */
export type PixelRange = 'unit' | 'signed';

/** Channels of equal size one after the other: `data` is [channels, height, width] float32 in C order. */
export interface Planes {
  readonly data: Float32Array;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** The whole of a picture as a rectangle. */
export const wholeOf = (size: { readonly height: number; readonly width: number }): Rect => ({
  y: 0,
  x: 0,
  height: size.height,
  width: size.width,
});

/**
 * `rect` of RGB planes as RGBA bytes, row by row; clamped, rounded to the nearest, NaN becomes 0. A fourth plane is opacity; without it all is
 * opaque.
 */
export function toRgba(
  planes: Planes,
  range: PixelRange,
  rect: Rect = wholeOf(planes),
): Uint8ClampedArray<ArrayBuffer> {
  const area = planes.height * planes.width;
  const [scale, shift] = range === 'unit' ? [255, 0] : [127.5, 127.5];
  const rgba = new Uint8ClampedArray(rect.height * rect.width * 4);
  let to = 0;
  for (let y = rect.y; y < rect.y + rect.height; y += 1) {
    let from = y * planes.width + rect.x;
    for (let x = 0; x < rect.width; x += 1) {
      // A clamped array clamps, rounds and turns NaN into 0 by itself.
      rgba[to] = (planes.data[from] as number) * scale + shift;
      rgba[to + 1] = (planes.data[from + area] as number) * scale + shift;
      rgba[to + 2] = (planes.data[from + 2 * area] as number) * scale + shift;
      rgba[to + 3] = planes.channels === 4 ? (planes.data[from + 3 * area] as number) * scale + shift : 255;
      from += 1;
      to += 4;
    }
  }
  return rgba;
}

/** RGBA bytes (alpha ignored) as RGB planes in [0,1], or [-1,1] for `signed`. */
export function fromRgba(
  rgba: Uint8ClampedArray | Uint8Array,
  height: number,
  width: number,
  range: PixelRange = 'unit',
): Planes {
  const area = height * width;
  const data = new Float32Array(3 * area);
  const [scale, shift] = range === 'unit' ? [1 / 255, 0] : [2 / 255, -1];
  for (let i = 0; i < area; i += 1) {
    data[i] = (rgba[4 * i] as number) * scale + shift;
    data[i + area] = (rgba[4 * i + 1] as number) * scale + shift;
    data[i + 2 * area] = (rgba[4 * i + 2] as number) * scale + shift;
  }
  return { data, channels: 3, height, width };
}

/** A copy of `rect` of every channel. */
export function crop(planes: Planes, rect: Rect): Planes {
  const data = new Float32Array(planes.channels * rect.height * rect.width);
  let to = 0;
  for (let c = 0; c < planes.channels; c += 1) {
    for (let y = 0; y < rect.height; y += 1) {
      const from = (c * planes.height + rect.y + y) * planes.width + rect.x;
      data.set(planes.data.subarray(from, from + rect.width), to);
      to += rect.width;
    }
  }
  return { data, channels: planes.channels, height: rect.height, width: rect.width };
}

/** Writes `from` of `source` over the equally large rectangle of `target` whose corner is (`y`, `x`). */
export function paste(target: Planes, source: Planes, from: Rect, y: number, x: number): void {
  for (let c = 0; c < source.channels; c += 1) {
    for (let row = 0; row < from.height; row += 1) {
      const start = (c * source.height + from.y + row) * source.width + from.x;
      const end = (c * target.height + y + row) * target.width + x;
      target.data.set(source.data.subarray(start, start + from.width), end);
    }
  }
}
