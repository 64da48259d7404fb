import { expect, type Page, test } from '@playwright/test';
import { buildHarness, missingModels } from './build-harness.ts';
import type { HarnessJob, HarnessResult } from './harness/main.ts';
import { type StaticServer, serveStatic } from './static-server.ts';

test.skip(missingModels !== null, missingModels ?? '');
test.describe.configure({ timeout: 180_000 });

let folder: string;
let server: StaticServer;

test.beforeAll(async ({ browserName: _ }, { project }) => {
  test.skip(project.name === 'gpu', 'needs no GPU: run by the project chromium');
  folder = await buildHarness();
});

async function open(page: Page, isIsolated = false): Promise<void> {
  server = await serveStatic(folder, isIsolated);
  await page.goto(server.url);
  await page.waitForFunction(() => 'harness' in window);
}

test.afterEach(async () => {
  await server.close();
});

const run = (page: Page, job: HarnessJob): Promise<HarnessResult> =>
  page.evaluate((j) => window.harness.run(j), job);

test('without a GPU the CPU is used, and says so; one runtime is fetched, once', async ({ page }) => {
  await open(page);
  const report = await page.evaluate(() => window.harness.load('auto'));
  expect(report).toMatchObject({ backend: 'wasm', precision: 'f32', threads: 1 });
  expect(report.reason).toMatch(/CPU/);
  for (const [scale, method] of [
    [1, 'decode'],
    [2, 'lua'],
    [4, 'lua'],
    [2, 'latent-bicubic'],
    [4, 'pixel-lanczos'],
  ] as const) {
    const result = await run(page, { height: 8, width: 12, scale, method });
    expect([result.height, result.width]).toEqual([64 * scale, 96 * scale]);
    expect(result.timings.decodeMs).toBeGreaterThan(0);
    expect(result.timings.upscaleMs > 0).toBe(scale > 1);
  }
  const binaries = server.asked.filter((path) => path.endsWith('.wasm'));
  expect(binaries).toHaveLength(1);
  expect(binaries[0]).not.toContain('asyncify');
});

test('the first run of a size is cold, the second warm', async ({ page }) => {
  await open(page);
  await page.evaluate(() => window.harness.load('wasm'));
  const job: HarnessJob = { height: 8, width: 8, scale: 2, method: 'lua' };
  const cold = (await run(page, job)).timings;
  const warm = (await run(page, job)).timings;
  expect([cold.run, warm.run]).toEqual(['cold', 'warm']);
  expect(cold.compileMs).toBeGreaterThan(0);
  expect(warm.compileMs).toBe(0);
});

/** Runs in the page: how many files of weights the browser keeps. */
async function keptModels(): Promise<number> {
  const lists = (await caches.keys()).map(async (name) => (await caches.open(name)).keys());
  return (await Promise.all(lists)).flat().filter(({ url }) => /\/flux2-.*\.safetensors/.test(url)).length;
}

test('a second client finds the weights in storage, and has begun with the runtime that it was told to expect', async ({
  page,
}) => {
  await open(page);
  const runtimes = (): number => server.asked.filter((path) => path.endsWith('.wasm')).length;
  const first = await page.evaluate(() => window.harness.load('wasm'));
  expect(first.models.map(({ from }) => from)).toEqual(['network', 'network', 'network']);
  expect(runtimes()).toBe(1);
  // Nobody in the engine waits for the disk: a page that is left at once may leave some unwritten.
  await expect.poll(() => page.evaluate(keptModels)).toBeGreaterThanOrEqual(first.models.length);
  await page.goto(`${server.url}?expected=wasm`);
  await page.waitForFunction(() => 'harness' in window);
  await page.evaluate(() => window.harness.client.probe('auto'));
  await expect.poll(runtimes, 'before anything is loaded').toBe(2);
  const second = await page.evaluate(() => window.harness.load('wasm'));
  expect(second.models.map(({ from }) => from)).toEqual(['storage', 'storage', 'storage']);
  expect(runtimes()).toBe(2);
});

test('tiles painted on the way are the finished picture', async ({ page }) => {
  await open(page);
  await page.evaluate(() => window.harness.load('wasm'));
  const result = await run(page, { height: 200, width: 8, scale: 1, method: 'decode', wantsPixels: true });
  expect(result.tiles).toBe(2);
  expect(result.progress.filter(({ kind }) => kind === 'paint')).toHaveLength(2);
  expect(result.painted).toEqual(result.pixels);
});

test('a cancel takes effect between tiles, and the next call runs', async ({ page }) => {
  await open(page);
  await page.evaluate(() => window.harness.load('wasm'));
  const cancelled = await page.evaluate(() =>
    window.harness
      .run({ height: 500, width: 8, scale: 1, method: 'decode', cancelAfterTiles: 1 })
      .catch((error: Error) => error.name),
  );
  expect(cancelled).toBe('AbortError');
  expect((await run(page, { height: 4, width: 4, scale: 1, method: 'decode' })).width).toBe(32);
});

test('an isolated page gets threads, with the same pixels', async ({ page }) => {
  const job: HarnessJob = { height: 9, width: 7, scale: 2, method: 'lua', wantsPixels: true };
  await open(page);
  await page.evaluate(() => window.harness.load('wasm'));
  const alone = await run(page, job);
  await server.close();
  await open(page, true);
  const report = await page.evaluate(() => window.harness.load('wasm'));
  test.skip(report.threads === 1, 'this machine has one core: no threads to see');
  const threaded = await run(page, job);
  // Threads split sums differently: the last bit of a rounding may move.
  expect(largestDifference(threaded.pixels, alone.pixels)).toBeLessThanOrEqual(1);
});

test('a picture becomes a latent of its size', async ({ page }) => {
  await open(page);
  await page.evaluate(() => window.harness.load('wasm'));
  const encoded = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(77, 50);
    const context = canvas.getContext('2d');
    context?.fillRect(10, 10, 30, 20);
    const { latent, width, height, encodeMs } = await window.harness.client.encode(
      canvas.transferToImageBitmap(),
    );
    return { channels: latent.channels, cells: [latent.height, latent.width], width, height, encodeMs };
  });
  expect(encoded).toMatchObject({ channels: 32, cells: [6, 9], width: 72, height: 48 });
  expect(encoded.encodeMs).toBeGreaterThan(0);
});

function largestDifference(a: readonly number[], b: readonly number[]): number {
  expect(a).toHaveLength(b.length);
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}
