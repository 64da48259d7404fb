import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web/wasm';
import { describe, expect, test } from 'vitest';
import { toFloat32 } from '../container/to-float32.ts';
import { buildGraph, type ModelDescription, type StateDict, splitDecoder } from '../graph/index.ts';
import { readGolden } from './golden.ts';
import { recogniseModel } from './recognise.ts';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

function open(file: string) {
  const golden = readGolden(
    new Uint8Array(readFileSync(new URL(`./fixtures/${file}.safetensors`, import.meta.url))),
  );
  const whole = recogniseModel(golden.state).find(({ role }) => role === 'decoder');
  if (!whole) throw new Error(`${file} holds no decoder`);
  return { ...golden, whole };
}

async function run(
  description: ModelDescription,
  state: StateDict,
  data: Float32Array,
  [height, width]: readonly [number, number],
): Promise<ort.Tensor> {
  const { model, input, output } = buildGraph(description, state, { height, width, precision: 'f32' });
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  const results = await session.run({ [input.name]: new ort.Tensor('float32', data, [...input.dims]) });
  await session.release();
  const result = results[output.name];
  if (!result) throw new Error(`no ${output.name}`);
  return result;
}

/** Columns [from, to) of [1, C, H, W]. */
function columns({ data, dims }: ort.Tensor, from: number, to: number): Float32Array {
  const width = dims[3] as number;
  return (data as Float32Array).filter((_, i) => i % width >= from && i % width < to);
}

describe('splitDecoder', () => {
  test.each(['tiny-decoder-pooled', 'latentlift-decoder-context', 'kl-original', 'kl-diffusers'])(
    'cuts %s into two networks that give together what it gives alone',
    async (file) => {
      const { state, tensor, whole } = open(file);
      const [latentPart, pixelPart] = splitDecoder(whole) ?? [];
      if (!latentPart || !pixelPart) throw new Error('no seam');
      const input = tensor('decoder.input');
      const size = [input.shape[2] as number, input.shape[3] as number] as const;
      const features = await run(latentPart, state, toFloat32(input).slice(), size);
      expect(features.dims).toEqual([1, whole.seam?.channels, ...size]);
      const pixels = await run(pixelPart, state, features.data as Float32Array, size);
      const expected = toFloat32(tensor('decoder.output'));
      const actual = pixels.data as Float32Array;
      // The same operations on the same float32 values: what parity.test.ts allows the whole.
      expect(expected.every((value, i) => Math.abs(value - (actual[i] ?? Number.NaN)) < 2e-4)).toBe(true);
    },
  );

  test.each(['tiny-decoder-pooled', 'latentlift-decoder-context'])(
    'leaves %s a pixel part of bounded reach: its tiles are exact, although the whole is not',
    async (file) => {
      const { state, whole } = open(file);
      const [, pixelPart] = splitDecoder(whole) ?? [];
      if (!pixelPart) throw new Error('no seam');
      const { channels, radius, pixelsPerCell } = pixelPart;
      expect(radius.exact).toBe(true);
      const [height, width, core] = [3, 2 * radius.cells + 6, 4];
      const data = new Float32Array(channels * height * width).map((_, i) => Math.sin(i * 0.7));
      const all = await run(pixelPart, state, data, [height, width]);
      // The first `core` columns, with the halo on their right.
      const seen = core + radius.cells;
      const part = columns(new ort.Tensor('float32', data, [1, channels, height, width]), 0, seen);
      const tile = await run(pixelPart, state, part, [height, seen]);
      const [wanted, found] = [all, tile].map((tensor) => columns(tensor, 0, core * pixelsPerCell));
      // 1e-5: other shapes may sum in another order.
      expect(wanted?.every((value, i) => Math.abs(value - (found?.[i] ?? Number.NaN)) < 1e-5)).toBe(true);
    },
  );

  test('finds no seam where tiles are exact anyway', () => {
    expect(splitDecoder(open('latentlift-decoder').whole)).toBeNull();
    expect(splitDecoder(open('tiny-decoder-plain').whole)).toBeNull();
  });
});
