import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toFloat32 } from '../../src/core/container/to-float32.ts';
import { interpret } from '../../src/core/latent/interpret.ts';
import type { Override } from '../../src/core/latent/reading.ts';
import { readGolden } from '../../src/core/networks/golden.ts';
import { NETWORKS } from '../../src/core/networks/index.ts';
import { noise } from '../../src/core/weights/synthetic.ts';
import { createInProcessEngine, type InProcessEngine } from '../in-process.ts';
import { modelOf } from './model.ts';

const golden = readGolden(
  new Uint8Array(
    readFileSync(new URL('../../src/core/networks/fixtures/taehv-clip.safetensors', import.meta.url)),
  ),
);
const decoder = modelOf(
  { id: 'clip', file: 'taew2_1.safetensors', role: 'decoder', key: 'clip' },
  golden.state,
  NETWORKS,
);

/** A file with a video latent [1,16,T,h,w], from frames [T,16,h,w]. */
function videoOf(frames: Float32Array, count: number, height: number, width: number) {
  const plane = height * width;
  const data = new Float32Array(frames.length);
  for (let t = 0; t < count; t++) {
    for (let c = 0; c < 16; c++) {
      const from = (t * 16 + c) * plane;
      data.set(frames.subarray(from, from + plane), (c * count + t) * plane);
    }
  }
  const shape = [1, 16, count, height, width];
  const tensor = { name: 'latents', dtype: 'F32', shape, bytes: new Uint8Array(data.buffer) } as const;
  return { container: 'npy', tensors: new Map([['latents', tensor]]), metadata: {} };
}

async function pictureOf(
  engine: InProcessEngine,
  video: ReturnType<typeof videoOf>,
  override: Override,
): Promise<Float32Array> {
  const { latent } = interpret(video, {}, { family: 'wan', space: 'model', axes: 'bcthw', ...override });
  return (await engine.decode(decoder, latent)).data;
}

const worst = (actual: Float32Array, expected: Float32Array): number =>
  expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (actual[i] ?? Number.NaN))), 0);

describe('a video latent', () => {
  it('becomes frame by frame the pictures that PyTorch makes of the whole clip', async () => {
    const input = golden.tensor('decoder.input');
    const expected = toFloat32(golden.tensor('decoder.output'));
    const video = videoOf(toFloat32(input), 3, 2, 3);
    const engine = await createInProcessEngine();
    const size = 3 * 16 * 24;
    for (const picture of [0, 1, 4, 6, 8]) {
      const frame = Math.ceil(picture / 4);
      const made = await pictureOf(engine, video, { frame, moment: picture === 0 ? 3 : (picture - 1) % 4 });
      expect(made).toHaveLength(size);
      expect(worst(made, expected.subarray(picture * size, (picture + 1) * size))).toBeLessThan(2e-4);
    }
  });

  it('shows the last picture of a frame unless another is asked for', async () => {
    const video = videoOf(toFloat32(golden.tensor('decoder.input')), 3, 2, 3);
    const engine = await createInProcessEngine();
    const made = await pictureOf(engine, video, { frame: 2 });
    expect(worst(made, await pictureOf(engine, video, { frame: 2, moment: 3 }))).toBe(0);
  });

  it('of many frames needs the eight before its own, and no more', async () => {
    const frames = noise('a long clip', 12 * 16 * 6, 1.7, 0);
    const video = videoOf(frames, 12, 2, 3);
    const { latent } = interpret(video, {}, { family: 'wan', space: 'model', axes: 'bcthw', frame: 11 });
    expect(latent.before).toHaveLength(8);
    const engine = await createInProcessEngine();
    const made = await engine.decode(decoder, { ...latent, moment: 0 });
    const all = Array.from({ length: 11 }, (_, t) => frames.slice(t * 96, (t + 1) * 96));
    const whole = {
      ...decoder,
      key: 'looks further',
      description: { ...decoder.description, framesBefore: 11 },
    };
    const longer = await engine.decode(whole, { ...latent, before: all, moment: 0 });
    expect(worst(made.data, longer.data)).toBe(0);
    const { before: _, ...alone } = latent;
    expect(worst(made.data, (await engine.decode(decoder, alone)).data)).toBeGreaterThan(0.01);
  });

  it('is enlarged frame by frame before it is decoded, and gives one latent back', async () => {
    const video = videoOf(toFloat32(golden.tensor('decoder.input')), 3, 2, 3);
    const { latent } = interpret(video, {}, { family: 'wan', space: 'model', axes: 'bcthw', frame: 2 });
    const engine = await createInProcessEngine();
    const larger = await engine.upscale(decoder, latent, 2, 'latent-bicubic');
    expect(larger).toMatchObject({ channels: 16, height: 4, width: 6 });
    expect(larger.before).toBeUndefined();
  });
});
