import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-web/wasm';
import { describe, expect, test } from 'vitest';
import { readTensorFile } from '../containers/index.ts';
import { buildGraph } from '../graph/index.ts';
import { recogniseModel } from './recognise.ts';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

// Other people's weights are never part of the project: they stand beside the checkout where somebody put them.
const folder = fileURLToPath(new URL('../../../../shared/weights/', import.meta.url));
const hasWeights = existsSync(`${folder}taef2_decoder.pth`);
if (!hasWeights) console.warn(`skipped: TAEF2's weights are not at ${folder}`);

const SIDE = 64;

/** A soft picture [1,3,64,64] in [0,1]: slow waves, another for each colour. */
const picture = Float32Array.from({ length: 3 * SIDE * SIDE }, (_, i) => {
  const [x, y, colour] = [i % SIDE, Math.floor(i / SIDE) % SIDE, Math.floor(i / SIDE ** 2)];
  return 0.5 + 0.3 * Math.sin(x / 9 + colour) * Math.cos(y / 11 - colour);
});

async function run(
  file: string,
  data: Float32Array,
  side: number,
): Promise<{ title: string; data: Float32Array }> {
  const state = readTensorFile(new Uint8Array(readFileSync(folder + file))).tensors;
  const [description] = recogniseModel(state);
  if (!description) throw new Error(`${file} was not recognised`);
  const { model, input, output } = buildGraph(description, state, {
    height: side,
    width: side,
    precision: 'f32',
  });
  const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
  const results = await session.run({ [input.name]: new ort.Tensor('float32', data, [...input.dims]) });
  await session.release();
  return { title: description.title, data: results[output.name]?.data as Float32Array };
}

describe.skipIf(!hasWeights)("TAEF2's published .pth files", () => {
  // 29.97 dB is what encode and decode give on photographs (weights card); a soft picture must not fall below.
  test('are called what they are, and bring a picture back to 30 dB', async () => {
    const encoded = await run('taef2_encoder.pth', picture, SIDE);
    const decoded = await run('taef2_decoder.pth', encoded.data, SIDE / 8);
    expect(encoded.title).toBe('TAEF2 tiny encoder, 32 channels (FLUX.2)');
    expect(decoded.title).toBe('TAEF2 tiny decoder, 32 channels (FLUX.2)');
    const squares = picture.reduce((sum, value, i) => sum + (value - (decoded.data[i] as number)) ** 2, 0);
    expect(-10 * Math.log10(squares / picture.length)).toBeGreaterThan(30);
  });
});
