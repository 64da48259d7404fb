import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { chromium, type Page } from 'playwright';
import { buildHarness, missingModels } from '../e2e/engine/build-harness.ts';
import { serveStatic } from '../e2e/engine/static-server.ts';
import { findChromium } from '../scripts/find-chromium.mjs';
import type { Scale, Timings } from '../src/contract/engine.ts';
import type { Method } from '../src/contract/methods.ts';
import { median } from './median.ts';

const USAGE =
  'npm run bench -- [--side 32] [--runs 5] [--backend wasm|webgpu|auto] [--isolated] [--out FILE]';

const { values } = parseArgs({
  options: {
    side: { type: 'string', default: '32' },
    runs: { type: 'string', default: '5' },
    backend: { type: 'string', default: 'wasm' },
    isolated: { type: 'boolean', default: false },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

/** Side by side: what LUA is compared with, at each scale. */
const JOBS: readonly { readonly scale: Scale; readonly method: Method }[] = [
  { scale: 1, method: 'decode' },
  ...([2, 4] as const).flatMap((scale) =>
    (['lua', 'latent-bicubic', 'pixel-bicubic', 'pixel-lanczos'] as const).map((method) => ({
      scale,
      method,
    })),
  ),
];

type Milliseconds = Pick<Timings, 'compileMs' | 'upscaleMs' | 'decodeMs' | 'presentMs' | 'totalMs'>;

/** The median of each span over several runs; spans of one median run need not sum up to its total. */
function medians(all: readonly Timings[]): Milliseconds {
  const of = (span: keyof Milliseconds): number => Math.round(10 * median(all.map((t) => t[span]))) / 10;
  return {
    compileMs: of('compileMs'),
    upscaleMs: of('upscaleMs'),
    decodeMs: of('decodeMs'),
    presentMs: of('presentMs'),
    totalMs: of('totalMs'),
  };
}

/** One job in a page of its own, so that "cold" means cold: nothing compiled, nothing in memory. */
async function measureJob(page: Page, url: string, job: (typeof JOBS)[number], side: number, runs: number) {
  await page.goto(url);
  await page.waitForFunction(() => 'harness' in window);
  const report = await page.evaluate(
    (backend) => window.harness.load(backend),
    values.backend as 'wasm' | 'webgpu' | 'auto',
  );
  const once = () =>
    page.evaluate((j) => window.harness.run(j).then(({ timings }) => timings), {
      height: side,
      width: side,
      ...job,
    });
  const cold = await once();
  const warm: Timings[] = [];
  for (let k = 0; k < runs; k += 1) warm.push(await once());
  return { report, result: { ...job, cold: medians([cold]), warm: medians(warm) } };
}

async function main(): Promise<void> {
  if (values.help) return console.log(USAGE);
  if (missingModels !== null) throw new Error(missingModels);
  const [side, runs] = [Number(values.side), Number(values.runs)];
  const folder = await buildHarness();
  const server = await serveStatic(folder, values.isolated);
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath === null ? {} : { executablePath }),
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...(values.backend === 'wasm' ? [] : ['--enable-unsafe-webgpu', '--enable-features=Vulkan']),
    ],
  });
  try {
    const page = await browser.newPage();
    const results = [];
    let load = null;
    for (const job of JOBS) {
      const { report, result } = await measureJob(page, server.url, job, side, runs);
      load ??= report;
      results.push(result);
      console.error(
        `${job.method} x${job.scale}: cold ${result.cold.totalMs} ms, warm ${result.warm.totalMs} ms`,
      );
    }
    const asked = [...new Set(server.asked)];
    const bytes = (ending: string, measure: (data: Buffer) => number): number =>
      asked
        .filter((path) => path.endsWith(ending))
        .reduce((sum, path) => sum + measure(readFileSync(join(folder, path))), 0);
    const out = {
      side,
      runs,
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      browser: `Chromium ${browser.version()}`,
      load,
      firstLoadBytes: {
        scriptGzip: bytes('.js', (data) => gzipSync(data).length),
        wasm: bytes('.wasm', (data) => data.length),
        weights: bytes('.safetensors', (data) => data.length),
      },
      results,
    };
    const text = `${JSON.stringify(out, null, 2)}\n`;
    const file = values.out ?? fileURLToPath(new URL('./results/latest.json', import.meta.url));
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
    console.log(text);
  } finally {
    await browser.close();
    await server.close();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
