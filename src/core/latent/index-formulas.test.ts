import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../errors.ts';
import { FLUX2_MEAN, FLUX2_STD } from '../families/flux2.ts';
import { FAMILIES, familyById } from '../families/index.ts';
import { AXES } from './axes.ts';
import type { FamilyId, Latent } from './latent.ts';
import { extractPlanes, layOut } from './layout.ts';
import { type Planes, patchify, unpatchify } from './patches.ts';
import { affineAt, toSpace } from './to-space.ts';

const side = fc.integer({ min: 1, max: 7 });
const planes = (channels: fc.Arbitrary<number>, height: fc.Arbitrary<number>, width: fc.Arbitrary<number>) =>
  fc
    .tuple(channels, height, width)
    .chain(([c, h, w]) =>
      fc
        .float32Array({ minLength: c * h * w, maxLength: c * h * w, noNaN: true, noDefaultInfinity: true })
        .map((data): Planes => ({ data: Float32Array.from(data), channels: c, height: h, width: w })),
    );
const even = side.map((n) => 2 * n);

describe('index formulas', () => {
  it('patchify puts r[c, 2i+u, 2j+v] at p[4c+2u+v, i, j]', () => {
    fc.assert(
      fc.property(planes(fc.integer({ min: 1, max: 5 }), even, even), (r) => {
        const p = patchify(r);
        for (let c = 0; c < r.channels; c++) {
          for (let y = 0; y < r.height; y++) {
            for (let x = 0; x < r.width; x++) {
              const [u, v, i, j] = [y % 2, x % 2, Math.floor(y / 2), Math.floor(x / 2)];
              const from = r.data[(c * r.height + y) * r.width + x];
              expect(p.data[((4 * c + 2 * u + v) * p.height + i) * p.width + j]).toBe(from);
            }
          }
        }
        expect(unpatchify(p)).toEqual(r);
      }),
    );
  });

  it('a packed token n = i*w + j holds z[c, 2i+u, 2j+v] at 4c+2u+v', () => {
    fc.assert(
      fc.property(planes(fc.integer({ min: 1, max: 3 }), even, even), (z) => {
        const { shape, data } = layOut(patchify(z), 'bnc');
        const [w, k] = [z.width / 2, 4 * z.channels];
        expect(shape).toEqual([1, (z.height / 2) * w, k]);
        for (let c = 0; c < z.channels; c++) {
          for (let y = 0; y < z.height; y++) {
            for (let x = 0; x < z.width; x++) {
              const n = (y >> 1) * w + (x >> 1);
              expect(data[n * k + 4 * c + 2 * (y & 1) + (x & 1)]).toBe(
                z.data[(c * z.height + y) * z.width + x],
              );
            }
          }
        }
      }),
    );
  });

  it('refuses to pack odd sides and to unpack channels that are no multiple of 4', () => {
    const odd = { data: new Float32Array(6), channels: 1, height: 2, width: 3 };
    expect(() => patchify(odd)).toThrow(AppError);
    expect(() => unpatchify(odd)).toThrow(AppError);
  });

  it('lays out and reads back every order of axes exactly', () => {
    fc.assert(
      fc.property(planes(side, side, side), fc.constantFrom(...AXES), (p, axes) => {
        const { shape, data } = layOut(p, axes);
        const tensor = { name: '', dtype: 'F32', shape, bytes: new Uint8Array(data.buffer) } as const;
        const packedWidth = axes.includes('n') ? p.width : null;
        expect(extractPlanes(tensor, { axes, item: 0, frame: 0, packedWidth })).toEqual(p);
      }),
    );
  });

  it('takes the chosen item and frame, and refuses those that do not exist', () => {
    // Value = 100 b + 10 t + position, shape [2, 1, 3, 1, 2] as b c t h w.
    const values = Float32Array.from(
      { length: 12 },
      (_, i) => 100 * Math.floor(i / 6) + 10 * (Math.floor(i / 2) % 3) + (i % 2),
    );
    const tensor = {
      name: '',
      dtype: 'F32',
      shape: [2, 1, 3, 1, 2],
      bytes: new Uint8Array(values.buffer),
    } as const;
    const at = (item: number, frame: number) =>
      extractPlanes(tensor, { axes: 'bcthw', item, frame, packedWidth: null }).data;
    expect([...at(1, 2)]).toEqual([120, 121]);
    expect([...at(0, 1)]).toEqual([10, 11]);
    for (const [item, frame] of [
      [2, 0],
      [0, 3],
      [-1, 0],
      [0.5, 0],
    ] as const) {
      expect(() => at(item, frame)).toThrow(AppError);
    }
  });
});

describe('raw and model space', () => {
  const ids = FAMILIES.map(({ id }) => id);
  const latentOf = (family: FamilyId, height: number, width: number, data: Float32Array): Latent => ({
    data,
    channels: familyById(family).channels,
    height,
    width,
    family,
    space: 'model',
  });

  it('are inverses to float32 rounding in every family, at odd sizes too', () => {
    const number = fc.double({ min: -12, max: 12, noNaN: true });
    fc.assert(
      fc.property(
        fc.constantFrom(...ids),
        side,
        side,
        fc.array(number, { minLength: 8, maxLength: 8 }),
        (family, h, w, seed) => {
          const data = Float32Array.from(
            { length: familyById(family).channels * h * w },
            (_, i) => seed[i % 8] as number,
          );
          const back = toSpace(toSpace(latentOf(family, h, w, data), 'raw'), 'model');
          for (let i = 0; i < data.length; i++) {
            expect(Math.abs((back.data[i] as number) - (data[i] as number))).toBeLessThan(1e-5);
          }
        },
      ),
    );
  });

  it('follow the published numbers', () => {
    function raw(family: FamilyId, c: number, model: number): number {
      const data = new Float32Array(familyById(family).channels).fill(model);
      return toSpace(latentOf(family, 1, 1, data), 'raw').data[c] as number;
    }
    expect(raw('sd1', 0, 1)).toBeCloseTo(5.48998, 4);
    expect(raw('sdxl', 3, 1)).toBeCloseTo(7.67754, 4);
    expect(raw('flux1', 0, 1)).toBeCloseTo(2.76932 + 0.1159, 4);
    expect(raw('sd3', 0, 1)).toBeCloseTo(0.65338 + 0.0609, 4);
    expect(raw('wan', 7, 1)).toBeCloseTo(2.0743 + 1.5508, 4);
    expect(raw('playground', 1, 0.5)).toBeCloseTo(5.9022 + 1.886, 4);
    expect(raw('sana', 9, 1)).toBeCloseTo(2.41505, 4);
  });

  it("apply FLUX.2's batch norm to the patchified channel that a cell belongs to", () => {
    const height = 4;
    const width = 6;
    const data = Float32Array.from({ length: 32 * height * width }, (_, i) => Math.sin(i));
    const raw: Latent = { ...latentOf('flux2', height, width, data), space: 'raw' };
    const p = patchify(raw);
    const normalised = p.data.map((value, i) => {
      const k = Math.floor(i / (p.height * p.width));
      return (value - (FLUX2_MEAN[k] as number)) / (FLUX2_STD[k] as number);
    });
    const wanted = unpatchify({ ...p, data: normalised }).data;
    const found = toSpace(raw, 'model').data;
    for (let i = 0; i < wanted.length; i++) expect(found[i]).toBeCloseTo(wanted[i] as number, 5);
  });

  it('have as many scales as channels', () => {
    for (const { id, channels } of FAMILIES) {
      for (let c = 0; c < channels; c++) {
        const { scale, shift } = affineAt(id, c, 1, 1);
        expect(scale).toBeGreaterThan(0);
        expect(Number.isFinite(shift)).toBe(true);
      }
    }
    expect([FLUX2_MEAN.length, FLUX2_STD.length]).toEqual([128, 128]);
  });
});
