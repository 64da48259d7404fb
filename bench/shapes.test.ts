import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../src/core/container/safetensors.ts';
import { countMultiplyAdds } from '../src/core/graph/index.ts';
import { recogniseModel } from '../src/core/networks/recognise.ts';
import {
  fineDecoder,
  flux1Decoder,
  luaRelease,
  ownDecoder,
  ownLua,
  pixelSwin,
  pixelTrunk,
  type Shapes,
  taef2Decoder,
  withoutValues,
} from './shapes.ts';

const shipped = (id: string) =>
  readSafetensors(
    new Uint8Array(readFileSync(new URL(`../public/models/${id}.safetensors`, import.meta.url))),
  ).tensors;

const shapesOf = (state: ReadonlyMap<string, { readonly shape: readonly number[] }>) =>
  Object.fromEntries([...state].map(([name, { shape }]) => [name, shape]));

const cases: [name: string, shapes: Shapes, role: string, parameters: number, giga: number][] = [
  ["LUA's release", luaRelease(), 'upscaler', 54.9, 228],
  ['our LUA', ownLua(), 'upscaler', 2.8, 0],
  ["LUA's trunk over pixels", pixelTrunk(), 'pixel-upscaler', 0, 0],
  ['the pixel rival', pixelSwin(), 'pixel-upscaler', 0.8, 0],
  ['our fine decoder', fineDecoder(), 'decoder', 0, 0],
  ["TAEF2's decoder", taef2Decoder(), 'decoder', 0, 0],
  ["FLUX.1's decoder", flux1Decoder(), 'decoder', 49.5, 0],
];

describe('synthetic weights', () => {
  test.each(cases)('%s is recognised for what it stands for', (_, shapes, role, millions) => {
    const found = recogniseModel(withoutValues(shapes));
    expect(found.map((description) => description.role)).toEqual([role]);
    if (millions > 0) expect((found[0]?.parameters ?? 0) / 1e6).toBeCloseTo(millions, 0);
  });

  test('have the names and shapes of what is shipped', () => {
    expect(shapesOf(withoutValues(ownLua()))).toEqual(shapesOf(shipped('flux2-lua')));
    expect(shapesOf(withoutValues(ownDecoder([128, 64, 32], [3, 3, 1], 128)))).toEqual(
      shapesOf(shipped('flux2-decoder')),
    );
    expect(shapesOf(withoutValues(fineDecoder()))).toEqual(shapesOf(shipped('flux2-decoder-fine')));
  });

  test('cost what is published of the networks: a decoder per pixel, the release of LUA for 64x64 cells', () => {
    function perRun(shapes: Shapes, scale?: 2 | 4): number {
      const state = withoutValues(shapes);
      const [description] = recogniseModel(state);
      if (description === undefined) throw new Error('not recognised');
      const request = { height: 64, width: 64, precision: 'f32' as const, ...(scale && { scale }) };
      return countMultiplyAdds(description, state, request);
    }
    expect(perRun(ownDecoder([128, 64, 32], [3, 3, 1], 128)) / 512 ** 2).toBeCloseTo(43_488, -3);
    // The paper's 0.455 TFLOP are 2 a multiply-add.
    expect(perRun(luaRelease(), 2) / 1e9).toBeGreaterThan(215);
    expect(perRun(luaRelease(), 2) / 1e9).toBeLessThan(245);
  });
});
