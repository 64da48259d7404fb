import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Browser, chromium } from 'playwright';
import { buildHarness, missingModels } from '../e2e/engine/build-harness.ts';
import { serveStatic } from '../e2e/engine/static-server.ts';
import { findChromium } from '../scripts/find-chromium.mjs';
import { runScript } from '../scripts/run-script.ts';

const USAGE = 'npx tsx bench/memory.ts [--side 128] [--scale 4]   (Linux: peaks are read from /proc)';

const { values } = parseArgs({
  options: {
    side: { type: 'string', default: '128' },
    scale: { type: 'string', default: '4' },
    help: { type: 'boolean' },
  },
});

/** The largest resident size that any page process of the browser has had, in MB. */
async function peakOfPages(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const peaks = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) =>
      Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? Number.NaN),
    );
  return Math.round(Math.max(...peaks) / 1024);
}

/** One upscale and decode on the CPU in a fresh browser: how long it takes and how much memory its page has taken at worst. */
async function main(): Promise<void> {
  if (values.help) return console.log(USAGE);
  if (missingModels !== null) throw new Error(missingModels);
  const server = await serveStatic(await buildHarness());
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath === null ? {} : { executablePath }),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.waitForFunction(() => 'harness' in window);
    await page.evaluate(() => window.harness.load('wasm'));
    const afterLoadMb = await peakOfPages(browser);
    const [side, scale] = [Number(values.side), Number(values.scale) as 1 | 2 | 4];
    const method = scale === 1 ? 'decode' : 'lua';
    const { width, height, tiles, timings } = await page.evaluate((job) => window.harness.run(job), {
      height: side,
      width: side,
      scale,
      method,
    } as const);
    console.log(
      JSON.stringify({ width, height, tiles, timings, afterLoadMb, peakMb: await peakOfPages(browser) }),
    );
  } finally {
    await browser.close();
    await server.close();
  }
}

runScript(main);
