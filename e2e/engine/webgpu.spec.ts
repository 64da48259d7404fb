import { expect, type Page, test } from '@playwright/test';
import { EMULATED_GPU } from './emulated-gpu.ts';
import type { HarnessJob } from './harness/main.ts';
import { onHarness } from './on-harness.ts';

onHarness();
// An emulated GPU is a hundred times slower than the CPU: tiny latents only, and time for its shaders.
test.describe.configure({ timeout: 300_000 });

test.use({ launchOptions: EMULATED_GPU });

/** From now on counts, in the worker, how often a buffer is mapped for reading. */
async function countReads(page: Page): Promise<() => Promise<number>> {
  const worker = page.workers().at(-1);
  if (worker === undefined) throw new Error('the page has no worker');
  await worker.evaluate(() => {
    const prototype = GPUBuffer.prototype;
    const { mapAsync } = prototype;
    Object.assign(globalThis, { reads: 0 });
    prototype.mapAsync = function count(mode, ...rest) {
      if ((mode & GPUMapMode.READ) !== 0) (globalThis as unknown as { reads: number }).reads += 1;
      return mapAsync.call(this, mode, ...rest);
    };
  });
  return () => worker.evaluate(() => (globalThis as unknown as { reads: number }).reads);
}

test('on WebGPU a latent becomes the same picture as on the CPU, and nothing is read back on the way', async ({
  page,
}) => {
  const jobs: HarnessJob[] = [
    { height: 8, width: 8, scale: 1, method: 'decode', wantsPixels: true },
    { height: 8, width: 8, scale: 2, method: 'lua', wantsPixels: true },
    { height: 4, width: 4, scale: 2, method: 'pixel-lanczos', wantsPixels: true },
    { height: 4, width: 4, scale: 2, method: 'latent-bicubic', wantsPixels: true },
  ];
  const all = () =>
    page.evaluate(async (list) => {
      const results = [];
      for (const job of list) results.push(await window.harness.run(job));
      return results;
    }, jobs);

  const gpu = await page.evaluate(() => window.harness.load('webgpu'));
  test.skip(gpu.backend !== 'webgpu', `this browser cannot emulate a GPU: ${gpu.reason}`);
  expect(gpu.adapter?.isSoftware).toBe(true);
  const reads = await countReads(page);
  const onGpu = await all();
  expect(onGpu.map(({ timings }) => timings.backend)).toEqual(jobs.map(() => 'webgpu'));
  expect(await reads()).toBe(0);

  await page.evaluate(() => window.harness.load('wasm'));
  const onCpu = await all();
  for (const [k, job] of jobs.entries()) {
    const [a, b] = [onGpu[k]?.pixels ?? [], onCpu[k]?.pixels ?? []];
    expect(a).toHaveLength(64 * job.height * job.width * job.scale ** 2 * 4);
    const largest = a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);
    // Both compute in f32 and round to 8 bits; the order of sums differs.
    expect(largest, `${job.method} x${job.scale}`).toBeLessThanOrEqual(2);
    expect(new Set(b).size).toBeGreaterThan(20);
  }
});

test('a picture never exists twice on the GPU: none of its size is made beside its canvas', async ({
  page,
}) => {
  const gpu = await page.evaluate(() => window.harness.load('webgpu'));
  test.skip(gpu.backend !== 'webgpu', `this browser cannot emulate a GPU: ${gpu.reason}`);
  const worker = page.workers().at(-1);
  await worker?.evaluate(() => {
    const { createTexture } = GPUDevice.prototype;
    Object.assign(globalThis, { textures: 0 });
    GPUDevice.prototype.createTexture = function count(descriptor) {
      (globalThis as unknown as { textures: number }).textures += 1;
      return createTexture.call(this, descriptor);
    };
  });
  await page.evaluate(() => window.harness.run({ height: 4, width: 4, scale: 1, method: 'decode' }));
  expect(await worker?.evaluate(() => (globalThis as unknown as { textures: number }).textures)).toBe(0);
});

test('a GPU emulated in software is passed by unless it is asked for', async ({ page }) => {
  const report = await page.evaluate(() => window.harness.client.probe('auto'));
  expect(report.backend).toBe('wasm');
  test.skip(report.adapter === null, 'this browser offers no adapter at all');
  expect(report.reason).toMatch(/software/);
});
