import { expect, type Page, test } from '@playwright/test';
import { buildHarness, missingModels } from './build-harness.ts';
import { type StaticServer, serveStatic } from './static-server.ts';

/** Workers that end or hang without a word, in a real browser. */
test.skip(missingModels !== null, missingModels ?? '');
test.describe.configure({ timeout: 120_000 });

let server: StaticServer;

test.beforeAll(async ({ browserName: _ }, { project }) => {
  test.skip(project.name === 'gpu', 'needs no GPU: run by the project chromium');
  server = await serveStatic(await buildHarness());
});

test.afterAll(() => server?.close());

test.beforeEach(async ({ page }) => {
  await page.goto(server.url);
  await page.waitForFunction(() => 'harness' in window);
  await page.evaluate(() => window.harness.load('wasm'));
});

const decode = (page: Page) =>
  page.evaluate(async () => {
    const job = { height: 8, width: 8, scale: 1, method: 'decode', wantsPixels: true } as const;
    return new Set((await window.harness.run(job)).pixels).size;
  });

test('a worker that the browser ends mid-run is told within seconds, and the next picture comes from a new one', {
  tag: '@alone',
}, async ({ page }) => {
  const worker = page.workers().at(-1);
  const outcome = page.evaluate(async () => {
    const start = performance.now();
    const job = { height: 96, width: 96, scale: 4, method: 'lua' } as const;
    const message = await window.harness.run(job).then(
      () => 'done',
      (error: Error) => error.message,
    );
    return { message, ms: performance.now() - start };
  });
  await page.waitForTimeout(500);
  await worker?.evaluate(() => self.close()).catch(() => {});
  const { message, ms } = await outcome;
  expect(message).toMatch(/ended by the browser.*Try again/);
  // The worker ends between two runs of its networks; nothing else is waited for.
  console.log(`told after ${ms.toFixed(0)} ms`);
  expect(ms).toBeLessThan(60_000);
  expect(await decode(page)).toBeGreaterThan(20);
});

test('Cancel answers within 300 ms while the worker’s thread is stuck, and the next picture comes all the same', {
  tag: '@alone',
}, async ({ page }) => {
  await page
    .workers()
    .at(-1)
    ?.evaluate(() => {
      // From its next pause on the thread never comes back.
      const { setTimeout: real } = globalThis;
      globalThis.setTimeout = ((work: () => void, ms?: number) =>
        real(() => {
          for (;;) work;
        }, ms)) as typeof setTimeout;
    });
  const { name, ms } = await page.evaluate(async () => {
    const abort = new AbortController();
    const latent = window.harness.latent(8, 8);
    const running = window.harness.client
      .decode({ latent, scale: 1, method: 'decode' }, { signal: abort.signal })
      .then(
        () => 'done',
        (error: Error) => error.name,
      );
    await new Promise((resolve) => setTimeout(resolve, 500));
    const start = performance.now();
    abort.abort();
    return { name: await running, ms: performance.now() - start };
  });
  expect(name).toBe('AbortError');
  expect(ms).toBeLessThan(300);
  expect(await decode(page)).toBeGreaterThan(20);
});
