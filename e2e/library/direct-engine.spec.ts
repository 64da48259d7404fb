import { expect, type Page, test } from '@playwright/test';
import type { createEngine, GpuEngine } from '../../src/lib/engine.ts';
import { EMULATED_GPU } from '../engine/emulated-gpu.ts';
import { type StaticServer, serveStatic } from '../engine/static-server.ts';
import { buildLibrarySite } from './library-site.ts';

type Ort = Parameters<typeof createEngine>[0]['ort'];

interface Lib {
  readonly ort: Ort;
  readonly createEngine: typeof createEngine;
  readonly device: GPUDevice;
  readonly weights: { readonly decoder: Uint8Array<ArrayBuffer>; readonly upscaler: Uint8Array<ArrayBuffer> };
  /** Deterministic values of a latent. */
  values(count: number): Float32Array<ArrayBuffer>;
  buffer(data: Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>): GPUBuffer;
  readonly counts: { reads: number; uploadedBytes: number; largestUpload: number };
  /** Buffers and textures that were made and not destroyed. */
  readonly live: Set<GPUBuffer | GPUTexture>;
}

declare global {
  interface Window {
    lib: Lib;
    engine: GpuEngine;
  }
}

// Everything that could bring bytes to the device or back is counted, whoever calls it, the runtime included.
const HARNESS = `<!doctype html><title>engine</title><script type="module">
import * as ort from './ort/ort.webgpu.bundle.min.mjs';
import { createEngine } from './latentlift/dist/engine.js';
const counts = { reads: 0, uploadedBytes: 0, largestUpload: 0 };
const live = new Set();
const up = (bytes) => { if (bytes > 64) { counts.uploadedBytes += bytes; counts.largestUpload = Math.max(counts.largestUpload, bytes); } };
function wrap(prototype, name, before) {
  const plain = prototype[name];
  prototype[name] = function (...args) { const made = plain.apply(this, args); before.call(this, args, made); return made; };
}
wrap(GPUQueue.prototype, 'writeBuffer', ([, , data, at = 0, size]) => up(size ?? data.byteLength - at));
wrap(GPUQueue.prototype, 'writeTexture', () => up(65));
wrap(GPUQueue.prototype, 'copyExternalImageToTexture', () => up(65));
wrap(GPUBuffer.prototype, 'mapAsync', ([mode]) => { if (mode & GPUMapMode.READ) counts.reads += 1; });
wrap(GPUDevice.prototype, 'createBuffer', ([{ size, mappedAtCreation }], made) => { live.add(made); if (mappedAtCreation) up(size); });
wrap(GPUBuffer.prototype, 'destroy', function () { live.delete(this); });
wrap(GPUDevice.prototype, 'createTexture', (_, made) => { live.add(made); });
wrap(GPUTexture.prototype, 'destroy', function () { live.delete(this); });
const adapter = await navigator.gpu?.requestAdapter();
const device = await adapter?.requestDevice({ requiredLimits: {
  maxStorageBufferBindingSize: adapter.limits.maxStorageBufferBindingSize, maxBufferSize: adapter.limits.maxBufferSize,
  maxStorageBuffersPerShaderStage: adapter.limits.maxStorageBuffersPerShaderStage,
} });
const bytes = async (file) => new Uint8Array(await (await fetch('./latentlift/models/' + file)).arrayBuffer());
function buffer(data) {
  const made = device.createBuffer({ size: Math.ceil(data.byteLength / 16) * 16, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC });
  device.queue.writeBuffer(made, 0, data);
  return made;
}
const values = (count) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898) * 1.2);
window.lib = { ort, createEngine, device, counts, live, buffer, values, weights: { decoder: await bytes('flux2-decoder.safetensors'), upscaler: await bytes('flux2-lua.safetensors') } };
</script>`;

test.describe.configure({ timeout: 600_000 });
test.use({ launchOptions: EMULATED_GPU });

let server: StaticServer;
test.beforeAll(async ({ browserName: _ }, { project }) => {
  test.skip(project.name === 'gpu', 'needs no GPU: run by the project chromium');
  server = await serveStatic(await buildLibrarySite('library-engine', { 'index.html': HARNESS }));
});
test.afterAll(() => server?.close());

async function open(page: Page): Promise<void> {
  await page.goto(server.url);
  await page.waitForFunction(() => 'lib' in window, null, { timeout: 60_000 });
  const hasGpu = await page.evaluate(() => window.lib.device !== undefined);
  test.skip(!hasGpu, 'this browser cannot emulate a GPU');
}

test('a latent in a buffer becomes a texture: nothing is read back, and nothing but weights is uploaded', async ({
  page,
}) => {
  await open(page);
  const seen = await page.evaluate(async () => {
    const { lib } = window;
    const { ort, device, weights: models, counts } = lib;
    const engine = await lib.createEngine({ ort, device, models });
    const data = lib.values(32 * 16);
    const latent = { buffer: lib.buffer(data), dims: [1, 32, 4, 4], space: 'model' } as const;
    // The first call makes the sessions, and with them uploads the weights.
    const cold = { ...counts };
    (await engine.toTexture(latent, { scale: 2 })).destroy();
    const weightBytes = counts.uploadedBytes - cold.uploadedBytes;
    const coldReads = counts.reads - cold.reads;
    const warmReads = counts.reads;
    counts.largestUpload = 0;
    const texture = await engine.toTexture(latent, { scale: 2 });
    const upscaled = await engine.upscale(latent, { scale: 2 });
    const decoded = await engine.decode(upscaled);
    const after = { reads: counts.reads - warmReads, largestUpload: counts.largestUpload };
    const fromBuffer = await engine.toPixels(latent);
    const fromArray = await engine.toPixels({ data, dims: [32, 4, 4], space: 'model' });
    const tensor = ort.Tensor.fromGpuBuffer(latent.buffer, { dataType: 'float32', dims: [1, 32, 4, 4] });
    const fromTensor = await engine.toPixels({ tensor, space: 'model' });
    const planes = await engine.read(await engine.decode(latent));
    const bitmap = await engine.toBitmap(latent);
    const canvas = document.createElement('canvas');
    await engine.paint(canvas, latent);
    // At once: a canvas of WebGPU gives its picture to others only until it is shown.
    const paper = new OffscreenCanvas(32, 32).getContext('2d');
    paper?.drawImage(canvas, 0, 0);
    const painted = Array.from(paper?.getImageData(0, 0, 32, 32).data ?? []);
    return {
      painted,
      weightBytes,
      coldReads,
      after,
      texture: [texture.width, texture.height, texture.format],
      dims: [upscaled.dims, decoded.dims],
      sizes: [bitmap.width, bitmap.height, canvas.width, canvas.height],
      pixels: [fromBuffer, fromArray, fromTensor].map(({ data: rgba }) => Array.from(rgba)),
      planes: Array.from(planes),
      report: [engine.backend, engine.precision],
      isBufferAlive: lib.live.has(latent.buffer),
    };
  });
  expect(seen.report).toEqual(['webgpu', 'f32']);
  expect(seen.after.reads).toBe(0);
  // The runtime writes the uniforms of a dispatch each time; the latent alone has 2,048 bytes.
  expect(seen.after.largestUpload).toBeLessThanOrEqual(256);
  expect(seen.coldReads).toBe(0);
  expect(seen.weightBytes).toBeGreaterThan(1e6);
  expect(seen.texture).toEqual([64, 64, 'rgba8unorm']);
  expect(seen.dims).toEqual([
    [1, 32, 8, 8],
    [1, 3, 64, 64],
  ]);
  expect(seen.sizes).toEqual([32, 32, 32, 32]);
  expect(seen.isBufferAlive).toBe(true);
  const [first = [], ...others] = seen.pixels;
  for (const other of others) expect(other).toEqual(first);
  expect(new Set(first).size).toBeGreaterThan(50);
  const off = seen.painted.map((value, i) => Math.abs(value - (first[i] ?? Number.NaN)));
  expect(Math.max(...off), 'the painted canvas against the pixels').toBeLessThan(2);
  const fromPlanes = first.map((_, i) =>
    i % 4 === 3
      ? 255
      : Math.round(255 * Math.min(1, Math.max(0, seen.planes[(i % 4) * 32 * 32 + (i >> 2)] as number))),
  );
  expect(
    first.reduce((most, value, i) => Math.max(most, Math.abs(value - (fromPlanes[i] as number))), 0),
  ).toBeLessThanOrEqual(1);
});

test('half floats and raw values in buffers give the picture of the same values in memory', async ({
  page,
}) => {
  await open(page);
  const { largest, raw } = await page.evaluate(async () => {
    const { lib } = window;
    const { ort, device, weights } = lib;
    const engine = await lib.createEngine({ ort, device, models: { decoder: weights.decoder } });
    const dims = [1, 32, 4, 4];
    const differ = (a: Uint8ClampedArray, b: Uint8ClampedArray) =>
      a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);
    // 0x3c00 is 1, 0xb800 is -0.5, 0x4200 is 3, 0x2e66 is about 0.1.
    const bits = Uint16Array.from(
      { length: 32 * 16 },
      (_, i) => [0x3c00, 0xb800, 0x4200, 0x2e66][(i * 7) % 4] as number,
    );
    const halves = { buffer: lib.buffer(bits), dims, type: 'float16', space: 'model' } as const;
    const largest = differ(
      (await engine.toPixels(halves)).data,
      (await engine.toPixels({ data: bits, dims, space: 'model' })).data,
    );
    const data = lib.values(32 * 16);
    const onGpu = await engine.toPixels({ buffer: lib.buffer(data), dims, space: 'raw', family: 'flux2' });
    const raw = differ(
      onGpu.data,
      (await engine.toPixels({ data, dims, space: 'raw', family: 'flux2' })).data,
    );
    return { largest, raw };
  });
  expect(largest).toBe(0);
  expect(raw).toBeLessThanOrEqual(1);
});

test('two engines share a device; what one frees leaves the other whole, and the device stays the caller’s', async ({
  page,
}) => {
  await open(page);
  const seen = await page.evaluate(async () => {
    const { lib } = window;
    const { ort, device, weights, live } = lib;
    const latent = { data: lib.values(32 * 16), dims: [1, 32, 4, 4], space: 'model' } as const;
    const before = live.size;
    const make = () => lib.createEngine({ ort, device, models: { decoder: weights.decoder } });
    const [one, two] = await Promise.all([make(), make()]);
    const [a, b] = await Promise.all([one.toPixels(latent), two.toPixels(latent)]);
    const texture = await one.toTexture(latent);
    const during = live.size - before;
    const isTextureCounted = live.has(texture);
    texture.destroy();
    await one.dispose();
    const c = await two.toPixels(latent);
    const refusal = await one.toPixels(latent).catch((error: { code: string }) => error.code);
    await two.dispose();
    const after = live.size - before;
    const own = device.createBuffer({ size: 16, usage: GPUBufferUsage.STORAGE });
    own.destroy();
    const lost = await Promise.race([
      device.lost.then(() => true),
      new Promise((resolve) => setTimeout(() => resolve(false), 50)),
    ]);
    return {
      same: [b, c].every(({ data }) => data.every((value, i) => value === a.data[i])),
      during,
      isTextureCounted,
      after,
      refusal,
      lost,
    };
  });
  expect(seen.same).toBe(true);
  expect(seen.refusal).toBe('engine/disposed');
  expect(seen.lost).toBe(false);
  expect(seen.during).toBeGreaterThan(10);
  expect(seen.isTextureCounted).toBe(true);
  expect(seen.after).toBe(0);
});

test('what cannot be taken is refused with what was found and what to do', async ({ page }) => {
  await open(page);
  const messages = await page.evaluate(async () => {
    const { lib } = window;
    const { ort, device, weights } = lib;
    const engine = await lib.createEngine({ ort, device, models: { decoder: weights.decoder } });
    const adapter = await navigator.gpu.requestAdapter();
    const other = await adapter?.requestDevice();
    const foreign = other?.createBuffer({ size: 32 * 16 * 4, usage: GPUBufferUsage.STORAGE }) as GPUBuffer;
    const dims = [1, 32, 4, 4];
    const data = lib.values(32 * 16);
    const space = 'model' as const;
    const stopped = AbortSignal.abort();
    const attempts = [
      () => engine.toPixels({ buffer: foreign, dims, space }),
      () => engine.toPixels({ data, dims: [2, 32, 4, 2], space }),
      () => engine.toPixels({ data, dims: [1, 16, 4, 8], space }),
      () => engine.toPixels({ data, dims } as never),
      () => engine.upscale({ data, dims, space }),
      () => engine.toPixels({ data, dims, space }, { signal: stopped }),
    ];
    const found = [];
    for (const attempt of attempts) {
      found.push(
        await attempt().then(
          () => 'no error',
          (error: Error) => `${error.name}: ${error.message}`,
        ),
      );
    }
    const fine = await engine.toPixels({ data, dims, space });
    return [...found, `${fine.width}`];
  });
  expect(messages[0]).toMatch(/cannot be used on the engine's device/);
  expect(messages[1]).toMatch(/one by one/);
  expect(messages[2]).toMatch(/16 channels .* takes 32/);
  expect(messages[3]).toMatch(/space is undefined/);
  expect(messages[4]).toMatch(/needs an? upscaler/);
  expect(messages[5]).toMatch(/^AbortError/);
  expect(messages[6]).toBe('32');
});
