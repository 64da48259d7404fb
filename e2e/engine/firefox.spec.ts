import { expect, test } from '@playwright/test';
import type { Browser, Page } from 'puppeteer-core';
import { buildHarness, missingModels } from './build-harness.ts';
import { FIREFOX_START_MS, missingFirefox, openFirefox } from './firefox-browser.ts';
import type { HarnessJob } from './harness/main.ts';
import { type StaticServer, serveStatic } from './static-server.ts';

test.skip(missingModels !== null, missingModels ?? '');
test.describe.configure({ timeout: 900_000 });

let server: StaticServer | undefined;
let browser: Browser | undefined;
let page: Page;

test.beforeAll(async ({ browserName: _ }, { project }) => {
  test.setTimeout(180_000);
  test.skip(project.name === 'gpu', 'needs no GPU: run by the project chromium');
  if (missingFirefox !== null) console.log(`skipped: ${missingFirefox}`);
  if (missingFirefox !== null) return;
  server = await serveStatic(await buildHarness());
  browser = await openFirefox(true);
  page = await browser.newPage();
  await page.goto(server.url);
  await page.waitForFunction(() => 'harness' in window, { timeout: FIREFOX_START_MS });
});

test.afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** Peak signal-to-noise ratio of two pictures of 8-bit values, in dB. */
function likeness(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBeGreaterThan(0);
  expect(a).toHaveLength(b.length);
  const sum = a.reduce((total, value, i) => total + (value - (b[i] ?? Number.NaN)) ** 2, 0);
  return 10 * Math.log10(255 ** 2 / (sum / a.length));
}

test('in Firefox f16 on WebGPU gives the pictures that the CPU gives', async () => {
  test.skip(missingFirefox !== null, missingFirefox ?? '');
  const jobs: HarnessJob[] = [
    { height: 8, width: 8, scale: 1, method: 'decode', wantsPixels: true },
    { height: 8, width: 8, scale: 2, method: 'lua', wantsPixels: true },
    { height: 8, width: 8, scale: 2, method: 'pixel-lanczos', wantsPixels: true },
  ];
  const all = (backend: 'webgpu' | 'wasm') =>
    page.evaluate(
      async (list, wanted) => {
        const { backend: used, precision, reason } = await window.harness.load(wanted);
        const pictures: number[][] = [];
        for (const job of list) pictures.push((await window.harness.run(job)).pixels);
        return { used, precision, reason, pictures };
      },
      jobs,
      backend,
    );
  const cpu = await all('wasm');
  const gpu = await all('webgpu');
  expect(gpu, gpu.reason).toMatchObject({ used: 'webgpu', precision: 'f16' });
  for (const [k, job] of jobs.entries()) {
    const [a = [], b = []] = [gpu.pictures[k], cpu.pictures[k]];
    const decibels = likeness(a, b);
    console.log(`${job.method} x${job.scale}: ${decibels.toFixed(1)} dB`);
    // f16 keeps 11 bits through some twenty layers, which stays below what a viewer sees.
    expect(decibels, `${job.method} x${job.scale} in dB`).toBeGreaterThan(42);
    expect(new Set(b).size).toBeGreaterThan(20);
  }
});
