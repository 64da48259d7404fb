// npx tsx bench/webgpu-cost.ts [--side 8] [--native] [--out FILE]: what a picture asks of a GPU, counted at its device: dispatches, bytes,
// memory, multiply-adds. SwiftShader unless --native; the counts are the same each time, so a change is judged without a GPU.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright';
import { EMULATED_GPU } from '../e2e/engine/emulated-gpu.ts';
import { serveStatic } from '../e2e/engine/static-server.ts';
import { findChromium } from '../scripts/find-chromium.mjs';
import { runScript } from '../scripts/run-script.ts';
import type { Precision, Scale } from '../src/contract/engine.ts';
import type { Method } from '../src/contract/methods.ts';
import { buildBenchPage } from './build-page.ts';
import { CONTENDERS, multiplyAddsOf } from './contenders.ts';
import { DEVICE_COUNTER, type DeviceCounts } from './device-counter.ts';

const { values } = parseArgs({
  options: {
    side: { type: 'string', default: '8' },
    native: { type: 'boolean', default: false },
    precision: { type: 'string', default: 'auto' },
    out: { type: 'string' },
  },
});

const JOBS: readonly { readonly scale: Scale; readonly method: Method }[] = [
  { scale: 1, method: 'decode' },
  { scale: 2, method: 'lua' },
  { scale: 4, method: 'lua' },
];

declare const deviceCounts: DeviceCounts;
declare const resetDeviceCounts: () => void;

export interface PictureCost extends DeviceCounts {
  readonly method: Method;
  readonly scale: Scale;
  readonly run: 'first' | 'warm';
  /** Side of the picture that comes out. */
  readonly pixels: number;
  readonly movedBytesPerPixel: number;
  readonly multiplyAddsPerPixel: number;
}

async function countJob(page: Page, job: (typeof JOBS)[number], side: number): Promise<PictureCost[]> {
  const worker = page.workers().at(-1);
  if (worker === undefined) throw new Error('the page has no worker');
  const costs: PictureCost[] = [];
  const pixels = 8 * side * job.scale;
  const contender = CONTENDERS.find(({ id }) => id === `${job.method} x${job.scale}`);
  for (const run of ['first', 'warm'] as const) {
    await worker.evaluate(() => resetDeviceCounts());
    await page.evaluate((j) => window.bench.decode(j), {
      family: 'flux2',
      channels: 32,
      side,
      ...job,
    } as const);
    const counts = await worker.evaluate(() => deviceCounts);
    costs.push({
      ...job,
      run,
      pixels,
      ...counts,
      movedBytesPerPixel: Math.round((counts.movedBytes + counts.copiedBytes) / pixels ** 2),
      multiplyAddsPerPixel: Math.round(
        ((contender && multiplyAddsOf(contender, pixels)) ?? Number.NaN) / pixels ** 2,
      ),
    });
  }
  return costs;
}

async function main(): Promise<void> {
  const server = await serveStatic(await buildBenchPage());
  const executablePath = findChromium();
  const native = {
    ...(executablePath === null ? {} : { executablePath }),
    args: [
      '--enable-unsafe-webgpu',
      '--enable-features=Vulkan',
      '--ignore-gpu-blocklist',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  };
  const browser = await chromium.launch(values.native ? native : EMULATED_GPU);
  try {
    const page = await browser.newPage();
    await page.route('**/upscaler.worker-*.js', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${DEVICE_COUNTER};${await response.text()}` });
    });
    await page.goto(server.url);
    await page.waitForFunction(() => 'bench' in window);
    const load = await page.evaluate((plan) => window.bench.open(plan), {
      backend: 'webgpu',
      precision: values.precision as Precision | 'auto',
      models: { decoder: { id: 'flux2-decoder' }, upscaler: { id: 'flux2-lua' } },
    } as const);
    if (load.backend !== 'webgpu') throw new Error(`no WebGPU here: ${load.reason}`);
    const costs: PictureCost[] = [];
    for (const job of JOBS) costs.push(...(await countJob(page, job, Number(values.side))));
    console.table(
      costs.map(({ method, scale, run, dispatches, pipelines, submits, peakBytes, ...rest }) => ({
        job: `${method} x${scale} ${run}`,
        dispatches,
        pipelines,
        submits,
        'moved B/px': rest.movedBytesPerPixel,
        'peak MB': Math.round(peakBytes / 1e5) / 10,
        'MAC/px': rest.multiplyAddsPerPixel,
      })),
    );
    if (values.out !== undefined) {
      const { precision, adapter } = load;
      writeFileSync(values.out, `${JSON.stringify({ precision, adapter, costs }, null, 1)}\n`);
    }
  } finally {
    await browser.close();
    await server.close();
  }
}

runScript(main);
