import { expect, type Page, test } from '@playwright/test';
import { buildHarness, missingModels } from './build-harness.ts';
import { BLANK_GPU } from './emulated-gpu.ts';
import { type StaticServer, serveStatic } from './static-server.ts';

/** A GPU that computes well and shows nothing, as some browsers and drivers have it. */
test.skip(missingModels !== null, missingModels ?? '');
test.describe.configure({ timeout: 240_000 });
test.use({ launchOptions: BLANK_GPU });

let folder: string;
let server: StaticServer;

test.beforeAll(async ({ browserName: _ }, { project }) => {
  test.skip(project.name === 'gpu', 'needs no GPU: run by the project chromium');
  folder = await buildHarness();
});

test.beforeEach(async ({ page }) => {
  server = await serveStatic(folder);
  await page.goto(server.url);
  await page.waitForFunction(() => 'harness' in window);
});

test.afterEach(async () => {
  await server.close();
});

const decode = (page: Page) =>
  page.evaluate(async () => {
    const { timings, pixels } = await window.harness.run({
      height: 4,
      width: 4,
      scale: 1,
      method: 'decode',
      wantsPixels: true,
    });
    return { backend: timings.backend, colours: new Set(pixels).size };
  });

test('a GPU whose canvas stays empty is given up for the CPU with the reason, and pictures come', async ({
  page,
}) => {
  const probe = await page.evaluate(() => window.harness.client.probe('webgpu'));
  test.skip(probe.backend !== 'webgpu', `this browser cannot emulate a GPU: ${probe.reason}`);
  const { backend, reason } = await page.evaluate(() => window.harness.load('webgpu'));
  test.skip(backend === 'webgpu', 'this browser shows what this GPU draws');
  expect(reason).toMatch(/failed its self-test: .*The CPU is used instead/);
  expect(await decode(page)).toMatchObject({ backend: 'wasm', colours: expect.any(Number) });
  expect((await decode(page)).colours).toBeGreaterThan(20);
});
