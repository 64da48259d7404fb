import { readdirSync, readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web/wasm';
import { describe, expect, test } from 'vitest';
import { toFloat32 } from '../container/to-float32.ts';
import { buildGraph } from '../graph/index.ts';
import type { Role } from '../role.ts';
import { readGolden } from './golden.ts';
import { recogniseModel } from './recognise.ts';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

interface Case {
  readonly file: string;
  readonly role: Role;
  readonly scale?: number;
}

/** Largest absolute difference between the graph on the WASM runtime and PyTorch. */
async function deviation({ file, role, scale }: Case, precision: 'f16' | 'f32'): Promise<number> {
  const bytes = readFileSync(new URL(`./fixtures/${file}.safetensors`, import.meta.url));
  const { state, tensor } = readGolden(new Uint8Array(bytes));
  const input = tensor(`${role}.input`);
  const expected = tensor(`${role}.output${scale ? `.x${scale}` : ''}`);
  const description = recogniseModel(state).find((found) => found.role === role);
  if (!description) throw new Error(`${file} holds no ${role}`);
  const [, stored = 0, height = 0, width = 0] = input.shape;
  const frames = role === 'decoder' ? stored / description.channels : 1;
  const graph = buildGraph(description, state, { height, width, precision, frames, ...(scale && { scale }) });
  const session = await ort.InferenceSession.create(graph.model, {
    executionProviders: ['wasm'],
    externalData: [...graph.externalData],
  });
  const feeds = { [graph.input.name]: new ort.Tensor('float32', toFloat32(input).slice(), [...input.shape]) };
  const result = (await session.run(feeds))[graph.output.name];
  await session.release();
  expect(result?.dims).toEqual(expected.shape);
  expect(graph.output.dims).toEqual(expected.shape);
  const actual = result?.data as Float32Array;
  return toFloat32(expected).reduce(
    (worst, value, i) => Math.max(worst, Math.abs(value - (actual[i] ?? Number.NaN))),
    0,
  );
}

const folder = new URL('./fixtures/', import.meta.url);

/** Every output of every golden file, so that a file once made is tested. */
const cases = readdirSync(folder).flatMap((name): Case[] => {
  const { names } = readGolden(new Uint8Array(readFileSync(new URL(name, folder))));
  return names.flatMap((output): Case[] => {
    const match = /^(.+)\.output(?:\.x([\d.]+))?$/.exec(output);
    if (!match) return [];
    const [, role, scale] = match;
    const file = name.replace('.safetensors', '');
    return [{ file, role: role as Role, ...(scale && { scale: Number(scale) }) }];
  });
});

const isOwn = ({ file }: Case): boolean => /^(latentlift|lua|pixel|tiny-(de|en)coder)-/.test(file);
const own = cases.filter(isOwn);
const foreign = cases.filter((item) => !isOwn(item));

describe('a graph built from a state dict', () => {
  // The references are float64; values are of order 1 to 10 after some twenty layers of float32 sums of up to 600 terms,
  // whose rounding (6e-8 each) adds up to a few 1e-6. 1e-4 leaves room for other summation orders and catches any wrong weight.
  test.each(own)('$file $role $scale: gives what PyTorch gives, to 1e-4 in float32', async (item) => {
    expect(await deviation(item, 'f32')).toBeLessThan(1e-4);
  });

  // As above; deeper, and GroupNorm divides small groups of small networks by small deviations: 2e-4.
  test.each(foreign)('$file $role $scale: gives what PyTorch gives, to 2e-4 in float32', async (item) => {
    expect(await deviation(item, 'f32')).toBeLessThan(2e-4);
  });

  // Activations of order 1 to 10 and weights round by 5e-4 of their value, at random, in every layer.
  test.each(cases)('$file $role $scale: stays within 0.03 in float16', async (item) => {
    expect(await deviation(item, 'f16')).toBeLessThan(0.03);
  });
});
