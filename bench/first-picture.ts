import { parseArgs } from 'node:util';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';
import { serveStatic } from '../e2e/engine/static-server.ts';
import { findChromium } from '../scripts/find-chromium.mjs';
import { runScript } from '../scripts/run-script.ts';
import { median } from './median.ts';
import { waitForPictures } from './pane-outcome.ts';

const USAGE = `npx vite build && npx tsx bench/first-picture.ts [--runs 5] [--throttle 4]
How long a visitor waits, from the address to the preview and to the decoded 1x picture: cold (nothing kept, from this machine's own disk) and warm
(a second visit), with the page's thread as it is and slowed by --throttle. Workers are not slowed: the browser cannot.`;

interface Visit {
  /** Milliseconds from asking for the address. */
  readonly preview: number;
  readonly picture: number;
}

const KINDS = ['cold', 'warm'] as const;
type Kind = (typeof KINDS)[number];

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    throttle: { type: 'string', default: '4' },
    help: { type: 'boolean', default: false },
  },
});

async function visit(page: Page, url: string, rate: number): Promise<Visit> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate });
  const start = performance.now();
  const since = (): number => performance.now() - start;
  await page.goto(url, { waitUntil: 'commit' });
  await page.locator('ll-compare figure[data-pane="decode-1"] .preview').waitFor({ timeout: 60_000 });
  const preview = since();
  await waitForPictures(page, ['decode-1'], 120_000);
  return { preview, picture: since() };
}

/** The offline copy is whole and nothing is fetched or decoded any more. */
async function settled(page: Page): Promise<void> {
  await waitForPictures(page, ['lua-2', 'lua-4'], 300_000);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.waitForLoadState('networkidle');
}

async function visits(context: BrowserContext, url: string, rate: number): Promise<Record<Kind, Visit>> {
  const first = await context.newPage();
  const cold = await visit(first, url, rate);
  await settled(first);
  await first.close();
  const second = await context.newPage();
  return { cold, warm: await visit(second, url, rate) };
}

function told(times: readonly number[]): string {
  const seconds = times.map((ms) => (ms / 1000).toFixed(2));
  return `${(median(times) / 1000).toFixed(2)} s (${seconds.join(', ')})`;
}

function tell(rate: number, seen: readonly Readonly<Record<Kind, Visit>>[]): void {
  const speed = rate === 1 ? 'as it is' : `${rate} times slower`;
  for (const kind of KINDS) {
    const previews = told(seen.map((run) => run[kind].preview));
    const pictures = told(seen.map((run) => run[kind].picture));
    console.log(`${kind}, page's thread ${speed}: preview ${previews}, picture ${pictures}`);
  }
}

async function measure(browser: Browser, url: string): Promise<void> {
  for (const rate of [1, Number(values.throttle)]) {
    const seen: Record<Kind, Visit>[] = [];
    for (let run = 0; run < Number(values.runs); run += 1) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      seen.push(await visits(context, url, rate));
      await context.close();
    }
    tell(rate, seen);
  }
}

async function main(): Promise<void> {
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const server = await serveStatic('dist');
  const executablePath = findChromium();
  const browser = await chromium.launch(executablePath === null ? {} : { executablePath });
  try {
    await measure(browser, server.url);
  } finally {
    await browser.close();
    await server.close();
  }
}

runScript(main);
