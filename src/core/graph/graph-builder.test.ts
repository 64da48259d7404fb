import * as ort from 'onnxruntime-web/wasm';
import { PbfReader } from 'pbf';
import { describe, expect, test } from 'vitest';
import { AppError } from '../errors.ts';
import { GraphBuilder } from './graph-builder.ts';
import { bilinearDouble, phaseKernel, reflectIndices } from './layout-ops.ts';
import { liveBytes } from './live-bytes.ts';
import { add, cast, conv, matmul, relu, reshape } from './ops.ts';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

const constant = (b: GraphBuilder, name: string, dims: readonly number[]) =>
  b.constant(name, dims, () => new Float32Array(dims.reduce((product, side) => product * side, 1)).fill(1));

describe('GraphBuilder', () => {
  test('writes a protobuf that reads back as an opset 20 model with one node', () => {
    const b = new GraphBuilder('f32');
    const { model, nodeCount } = b.finish(relu(b, b.input('x', [1, 3, 2, 2])), 'y');
    const fields = new PbfReader(model).readFields<Record<number, number[]>>((tag, found, pbf) => {
      found[tag] = [...(found[tag] ?? []), pbf.type === 0 ? pbf.readVarint() : pbf.readBytes().length];
    }, {});
    expect(nodeCount).toBe(1);
    expect(fields[1]).toEqual([9]);
    expect(Object.keys(fields)).toEqual(['1', '2', '7', '8']);
    expect(new TextDecoder().decode(model)).toMatch(/Relu/);
  });

  test('refuses a wrong shape at the line that built it', () => {
    const b = new GraphBuilder('f32');
    const x = b.input('x', [1, 3, 8, 8]);
    const attempts = [
      () => conv(b, x, constant(b, 'w', [4, 5, 3, 3]), null),
      () => conv(b, x, constant(b, 'big', [4, 3, 11, 11]), null, { pads: [0, 0, 0, 0] }),
      () => reshape(b, x, [1, 3, 63]),
      () => matmul(b, constant(b, 'm', [2, 3]), constant(b, 'n', [2, 3])),
      () => add(b, x, constant(b, 'bias', [5])),
    ];
    for (const attempt of attempts) expect(attempt).toThrow(AppError);
  });

  test('refuses one name for two constants, and values that do not fill their shape', () => {
    const b = new GraphBuilder('f32');
    const w = constant(b, 'w', [2]);
    expect(constant(b, 'w', [2])).toBe(w);
    expect(() => constant(b, 'w', [3])).toThrow(/made twice/);
    const short = b.constant('short', [1, 1, 1, 4], () => Float32Array.of(1, 2, 3));
    const y = add(b, b.input('x', [1, 1, 1, 4]), short);
    expect(() => b.finish(y, 'y')).toThrow(/short has 3 values/);
  });

  test('keeps much weight outside the protobuf, as views where no conversion is due, and the runtime finds it', async () => {
    const file = new Float32Array(9 * 2 ** 20 + 5).fill(2);
    const big = file.subarray(5);
    function build(weights: 'auto' | 'inline') {
      const b = new GraphBuilder('f32');
      const x = b.input('x', [1]);
      return b.finish(
        add(
          b,
          x,
          b.constant('big', [big.length], () => big),
        ),
        'y',
        weights,
      );
    }
    const { externalData, model } = build('auto');
    expect(externalData.map(({ path }) => path)).toEqual(['0.bin']);
    expect(externalData[0]?.data.buffer).toBe(file.buffer);
    expect(model.length).toBeLessThan(1000);
    expect(build('inline').externalData).toEqual([]);

    const session = await ort.InferenceSession.create(model, {
      executionProviders: ['wasm'],
      externalData: [...externalData],
    });
    const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.of(0.5), [1]) });
    await session.release();
    const sums = (y?.data ?? []) as Float32Array;
    expect(sums.length).toBe(big.length);
    expect(sums.every((value) => value === 2.5)).toBe(true);
  });

  test('refuses weights that half precision cannot hold', () => {
    const b = new GraphBuilder('f16');
    const x = cast(b, b.input('x', [2]), 'f16');
    const loud = b.constant('loud', [2], () => Float32Array.of(1, -70000));
    const y = cast(b, add(b, x, loud), 'f32');
    expect(() => b.finish(y, 'y')).toThrow(/loud holds values beyond 65504/);
  });

  test('tells the largest tensor between nodes', () => {
    const b = new GraphBuilder('f32');
    const x = b.input('x', [1, 3, 8, 8]);
    const wide = conv(b, x, constant(b, 'w', [16, 3, 3, 3]), null);
    expect(b.finish(relu(b, wide), 'y').peakActivationBytes).toBe(16 * 64 * 4);
  });
});

test('the work of a graph is what its convolutions and products multiply, whole pictures and groups alike', () => {
  const b = new GraphBuilder('f32');
  const x = b.input('x', [1, 8, 5, 5]);
  const grouped = conv(b, x, constant(b, 'g', [8, 2, 3, 3]), null, { groups: 4 });
  const strided = conv(b, grouped, constant(b, 's', [6, 8, 3, 3]), null, { stride: 2 });
  const tokens = reshape(b, relu(b, strided), [9, 6]);
  const result = matmul(b, tokens, constant(b, 'm', [6, 10]));
  expect(b.finish(result, 'y').multiplyAdds).toBe(8 * 25 * 2 * 9 + 6 * 9 * 8 * 9 + 9 * 10 * 6);
});

test('a convolution whose channels WebGPU would take by threes, which it does wrongly, is given channels of zeros', () => {
  function nodes(inner: number, out: number, side: number): number {
    const b = new GraphBuilder('f16');
    const x = cast(b, b.input('x', [1, inner, 4, 5]), 'f16');
    const kernel = b.constant(
      'kernel',
      [out, inner, side, side],
      () => new Float32Array(out * inner * side ** 2),
    );
    const y = conv(b, x, kernel, null);
    expect([y.type, y.dims]).toEqual(['f16', [1, out, 4, 5]]);
    return b.finish(cast(b, y, 'f32'), 'y').nodeCount;
  }
  const plain = nodes(8, 4, 3);
  expect(nodes(9, 4, 3)).toBe(plain + 2);
  expect(nodes(18, 24, 3)).toBe(plain + 2);
  expect([nodes(3, 4, 3), nodes(12, 4, 3), nodes(9, 3, 3), nodes(9, 4, 1)]).toEqual(Array(4).fill(plain));
});

test('tensors count as long as somebody wants them', () => {
  const bytesOf = new Map([
    ['x', 10],
    ['a', 100],
    ['b', 20],
    ['view', 20],
    ['y', 1],
  ]);
  const step = (opType: string, input: string[], output: string) => ({ opType, input, output: [output] });
  const nodes = [
    step('Conv', ['x', 'weight'], 'a'),
    step('Conv', ['a', 'weight'], 'b'), // x, a and b at once, since x is wanted at the end
    step('Reshape', ['b', 'shape'], 'view'),
    step('Add', ['view', 'x'], 'y'),
  ];
  expect(liveBytes(nodes, 'x', bytesOf)).toBe(130);
});

test('doubling between sample centres takes a quarter of the neighbour, and holds the edges', async () => {
  const b = new GraphBuilder('f32');
  const { model } = b.finish(bilinearDouble(b, b.input('x', [1, 1, 1, 3])), 'y');
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.of(0, 4, 8), [1, 1, 1, 3]) });
  await session.release();
  expect(y?.dims).toEqual([1, 1, 2, 6]);
  expect(y?.data).toEqual(Float32Array.of(0, 1, 3, 5, 7, 8, 0, 1, 3, 5, 7, 8));
});

describe('index lists', () => {
  test('reflection turns at the edges, again and again, and one cell repeats', () => {
    expect(reflectIndices(3, 8)).toEqual([0, 1, 2, 1, 0, 1, 2, 1]);
    expect(reflectIndices(1, 4)).toEqual([0, 0, 0, 0]);
  });

  test('a phase kernel sums the taps that fall on one cell', () => {
    const taps = Float32Array.of(1, 2, 4, 8, 16, 32, 64, 128, 256);
    expect([...phaseKernel(taps, 0)]).toEqual([1, 2 + 4, 8 + 64, 16 + 32 + 128 + 256]);
    expect([...phaseKernel(taps, 3)]).toEqual([1 + 2 + 8 + 16, 4 + 32, 64 + 128, 256]);
  });
});
