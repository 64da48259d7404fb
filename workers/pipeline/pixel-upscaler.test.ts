import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Latent } from '../../src/core/latent/latent.ts';
import { readGolden } from '../../src/core/networks/golden.ts';
import { recogniseModel } from '../../src/core/networks/recognise.ts';
import { crop, type Planes } from '../../src/core/pixels.ts';
import { type CpuTensor, createCpuCompute } from '../cpu/cpu-compute.ts';
import { createWasmRuntime } from '../ort/wasm-runtime.ts';
import { startCall } from './call.ts';
import { decodeToPlanes } from './decode-step.ts';
import type { Device } from './device.ts';
import type { Model } from './model.ts';
import { createNetworkCache } from './network-cache.ts';
import { renderJob } from './pipeline.ts';

function open(file: string, role: Model['description']['role']): Model {
  const path = new URL(`../../src/core/networks/fixtures/${file}.safetensors`, import.meta.url);
  const { state } = readGolden(new Uint8Array(readFileSync(path)));
  const description = recogniseModel(state).find((found) => found.role === role);
  if (description === undefined) throw new Error(`${file} holds no ${role}`);
  return { id: file, file, key: file, description, state };
}

test('a picture in [-1,1] reaches a pixel network of [0,1] in its own range', async () => {
  const runtime = await createWasmRuntime({ wasmBinary: null, threads: 1 });
  const painted: Planes[] = [];
  const openSurface = () => ({
    async paint(source: CpuTensor, from: Parameters<typeof crop>[1], range: string) {
      expect(range).toBe('unit');
      painted.push(crop(source, from));
      return null;
    },
    finish: (): never => {
      throw new Error('no picture is asked for');
    },
    dispose: () => {},
  });
  const compute = createCpuCompute(runtime, { createSurface: openSurface, memoryShare: 1 });
  const device: Device<CpuTensor> = {
    compute,
    networks: createNetworkCache(compute, 'f32'),
    precision: 'f32',
  };
  const decoder = open('kl-original', 'decoder');
  const pixelUpscaler = open('swinir-light-x4', 'pixel-upscaler');
  expect([decoder, pixelUpscaler].map(({ description }) => description.pixelRange)).toEqual([
    'signed',
    'unit',
  ]);
  const { channels, space, families } = decoder.description;
  const latent: Latent = {
    data: Float32Array.from({ length: channels * 4 }, (_, i) => Math.sin(i * 1.7)),
    channels,
    height: 2,
    width: 2,
    family: families[0] ?? 'flux1',
    space,
  };
  const call = startCall(new AbortController().signal, () => {});

  const models = { decoder, 'pixel-upscaler': pixelUpscaler };
  const job = { latent, scale: 4, method: 'pixel-upscaler' } as const;
  await renderJob(device, models, job, openSurface, call);

  const signed = await decodeToPlanes(device, decoder, latent, call);
  const unit = compute.upload({ ...signed, data: signed.data.map((value) => value / 2 + 0.5) });
  const expected = await device.networks.run(pixelUpscaler, 4, unit, call);
  const [found] = painted;
  expect([found?.height, found?.width]).toEqual([4 * signed.height, 4 * signed.width]);
  // One multiplication and one addition in another order.
  const worst = expected.data.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (found?.data[i] ?? Number.NaN))),
    0,
  );
  expect(worst).toBeLessThan(1e-4);
});
