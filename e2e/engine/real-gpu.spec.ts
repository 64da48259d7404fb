import { expect, test } from '@playwright/test';
import { likeness } from '../likeness.ts';
import { buildHarness, missingModels } from './build-harness.ts';
import type { HarnessJob } from './harness/main.ts';
import { type StaticServer, serveStatic } from './static-server.ts';

test.skip(missingModels !== null, missingModels ?? '');
test.describe.configure({ timeout: 180_000 });

let server: StaticServer;

test.beforeAll(async () => {
  server = await serveStatic(await buildHarness());
});

test.afterAll(async () => {
  await server.close();
});

test('a real GPU is used by itself, is faster than the CPU, and gives the same pictures', async ({ page }, {
  project,
}) => {
  test.skip(project.name !== 'gpu', 'run with npm run e2e:gpu');
  await page.goto(server.url);
  await page.waitForFunction(() => 'harness' in window);
  const device = await page.evaluate(() => window.harness.client.probe('auto'));
  // The list reporter marks a skip without its reason.
  if (device.backend !== 'webgpu') console.log(`skipped, no GPU to test with: ${device.reason}`);
  test.skip(device.backend !== 'webgpu', device.reason);

  const jobs: HarnessJob[] = ([1, 2, 4] as const).map((scale) => ({
    height: 32,
    width: 32,
    scale,
    method: scale === 1 ? 'decode' : 'lua',
    wantsPixels: true,
  }));
  const all = (backend: 'auto' | 'wasm') =>
    page.evaluate(
      async ([list, wanted]) => {
        const report = await window.harness.load(wanted);
        const results = [];
        for (const job of list) {
          await window.harness.run(job);
          results.push(await window.harness.run(job));
        }
        return { report, results };
      },
      [jobs, backend] as const,
    );
  const gpu = await all('auto');
  expect(gpu.report.backend).toBe('webgpu');
  const cpu = await all('wasm');
  for (const [k, job] of jobs.entries()) {
    const [a, b] = [gpu.results[k], cpu.results[k]];
    // f32 differs by rounding alone; f16 keeps 11 bits through some twenty layers, which stays below what a viewer sees.
    const least = gpu.report.precision === 'f32' ? 55 : 42;
    expect(likeness(a?.pixels ?? [], b?.pixels ?? []), `x${job.scale} in dB`).toBeGreaterThan(least);
    expect(a?.timings.run).toBe('warm');
  }
  expect(gpu.results[2]?.timings.totalMs).toBeLessThan(cpu.results[2]?.timings.totalMs ?? 0);
});
