import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web/wasm';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../container/safetensors.ts';
import type { FileTensor } from '../container/tensor.ts';
import { toFloat32 } from '../container/to-float32.ts';
import { buildGraph, type GraphRequest, recogniseModel } from './index.ts';

ort.env.wasm.numThreads = 1;
// The runtime warns of every weight that only a Cast reads; nothing here depends on it.
ort.env.logLevel = 'error';

interface Golden {
  readonly state: ReadonlyMap<string, FileTensor>;
  readonly input: FileTensor;
  readonly output: (name: string) => FileTensor;
}

const readGolden = (name: string): Golden => {
  const bytes = readFileSync(new URL(`./fixtures/${name}.safetensors`, import.meta.url));
  const { tensors } = readSafetensors(new Uint8Array(bytes));
  const get = (key: string): FileTensor => {
    const tensor = tensors.get(key);
    if (!tensor) throw new Error(`${name} has no ${key}`);
    return tensor;
  };
  const state = [...tensors].flatMap(([key, tensor]) =>
    key.startsWith('state.') ? [[key.slice('state.'.length), tensor] as const] : [],
  );
  return { state: new Map(state), input: get('input'), output: get };
};

/** Largest absolute difference between the graph on the WASM runtime and PyTorch. */
const deviation = async (
  name: string,
  request: Pick<GraphRequest, 'precision' | 'scale'>,
): Promise<number> => {
  const { state, input, output } = readGolden(name);
  const expected = output(request.scale ? `output.x${request.scale}` : 'output');
  const role = /encoder/.test(name) ? 'encoder' : /decoder/.test(name) ? 'decoder' : undefined;
  const description = recogniseModel(state).find((found) => !role || found.role === role);
  if (!description) throw new Error(`${name} holds no ${role}`);
  const [, , height = 0, width = 0] = input.shape;
  const graph = buildGraph(description, state, { height, width, ...request });
  const session = await ort.InferenceSession.create(graph.model, {
    executionProviders: ['wasm'],
    externalData: [...graph.externalData],
  });
  const feeds = {
    [graph.input.name]: new ort.Tensor('float32', toFloat32(input).slice(), [...graph.input.dims]),
  };
  const result = (await session.run(feeds))[graph.output.name];
  expect(result?.dims).toEqual(expected.shape);
  expect(graph.output.dims).toEqual(expected.shape);
  const [actual, wanted] = [result?.data as Float32Array, toFloat32(expected)];
  const worst = wanted.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (actual[i] ?? Number.NaN))),
    0,
  );
  await session.release();
  return worst;
};

const cases: readonly { readonly name: string; readonly scale?: 2 | 4 }[] = [
  { name: 'latentlift-decoder' },
  { name: 'latentlift-encoder' },
  { name: 'lua-window-8', scale: 2 },
  { name: 'lua-window-8', scale: 4 },
  { name: 'lua-window-16', scale: 2 },
  { name: 'lua-window-16', scale: 4 },
  { name: 'lua-one-cell', scale: 2 },
  { name: 'lua-one-cell', scale: 4 },
  { name: 'tiny-decoder-plain' },
  { name: 'tiny-decoder-pooled' },
  { name: 'tiny-encoder-plain' },
  { name: 'tiny-encoder-pooled' },
];

describe('a graph built from a state dict', () => {
  // The references are float64; values are of order 1 to 10 after some twenty layers of float32 sums of up to 600 terms,
  // whose rounding (6e-8 each) adds up to a few 1e-6. 1e-4 leaves room for other summation orders and catches any wrong weight.
  test.each(cases)('$name $scale gives what PyTorch gives, to 1e-4 in float32', async ({ name, scale }) => {
    const worst = await deviation(name, { precision: 'f32', ...(scale && { scale }) });
    expect(worst).toBeLessThan(1e-4);
  });

  // The weights are float16 already; activations of order 1 to 10 round by 5e-4 of their value in every layer, at random.
  test.each(cases)('$name $scale stays within 0.01 in float16', async ({ name, scale }) => {
    const worst = await deviation(name, { precision: 'f16', ...(scale && { scale }) });
    expect(worst).toBeLessThan(0.01);
  });
});
