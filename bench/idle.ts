import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { CDPSession, Page } from 'playwright';
import { serveStatic } from '../e2e/engine/static-server.ts';
import { runScript } from '../scripts/run-script.ts';
import { type Held, heldBy, launchMeasured, slopeOf, watchWasm, writeCsv } from './page-memory.ts';
import { waitForPictures } from './pane-outcome.ts';

const USAGE = `npx vite build && npx tsx bench/idle.ts [--minutes 120] [--every 60 SECONDS] [--panes decode-1] [--simulate HOURS] [--out FILE.csv]
Shows a demo, leaves the page alone, and measures what it holds and does meanwhile (Linux). --simulate moves the page's clock on instead: timers
run as in so many hours, and the tab comes to the front once an hour.`;

interface Sample extends Held {
  readonly minutes: number;
  /** Of the page's own thread since it was opened: timers and frames that fired. */
  readonly timers: number;
  /** Requests that reached the server since the page was opened, from page, workers and service worker. */
  readonly requests: number;
  readonly nodes: number;
  readonly listeners: number;
  /** Milliseconds of work on the page's thread since it was opened, measuring included. */
  readonly workMs: number;
}

/** Counts the callbacks that the page's own thread runs later. */
function countTimers(): void {
  const scope = globalThis as unknown as { fired: number } & Record<
    string,
    (fn: unknown, ...rest: unknown[]) => unknown
  >;
  scope.fired = 0;
  for (const name of ['setTimeout', 'setInterval', 'requestAnimationFrame', 'requestIdleCallback']) {
    const plain = scope[name]?.bind(globalThis);
    if (plain === undefined) continue;
    scope[name] = (fn, ...rest) =>
      plain(
        (...args: unknown[]) => {
          scope.fired += 1;
          return typeof fn === 'function' ? fn(...args) : undefined;
        },
        ...rest,
      );
  }
}

async function doings(
  page: Page,
  root: CDPSession,
): Promise<Omit<Sample, keyof Held | 'minutes' | 'requests'>> {
  const timers = await page.evaluate(() => (globalThis as unknown as { fired: number }).fired);
  const { metrics } = await root.send('Performance.getMetrics');
  const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return {
    timers,
    nodes: of('Nodes'),
    listeners: of('JSEventListeners'),
    workMs: Math.round(1000 * of('TaskDuration')),
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '120' },
      every: { type: 'string', default: '60' },
      panes: { type: 'string', default: 'decode-1' },
      simulate: { type: 'string', default: '0' },
      out: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(USAGE);
  const [minutes, every, hours] = [Number(values.minutes), Number(values.every), Number(values.simulate)];
  const server = await serveStatic('dist');
  const browser = await launchMeasured();
  const samples: Sample[] = [];
  try {
    const page = await browser.newPage({ reducedMotion: 'reduce' });
    page.setDefaultTimeout(120_000);
    if (hours > 0) await page.clock.install();
    await page.addInitScript(countTimers);
    await watchWasm(page);
    await page.goto(`${server.url}?panes=${values.panes}&backend=wasm`);
    await waitForPictures(page, values.panes.split(','), 1_800_000);
    const root = await page.context().newCDPSession(page);
    await root.send('Performance.enable');
    async function note(minute: number): Promise<void> {
      const held = await heldBy(page, browser, root);
      const one = { minutes: minute, ...held, requests: server.asked.length, ...(await doings(page, root)) };
      samples.push(one);
      if (samples.length === 1) console.log(Object.keys(one).join(','));
      console.log(Object.values(one).join(','));
      if (values.out !== undefined) writeCsv(values.out, samples);
    }
    if (hours > 0) {
      for (let hour = 0; hour <= hours; hour += 1) {
        await note(60 * hour);
        await page.clock.runFor(3_600_000);
        await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
      }
    } else {
      const began = performance.now();
      const passed = (): number => (performance.now() - began) / 60_000;
      while (passed() < minutes) {
        await note(Math.round(10 * passed()) / 10);
        await sleep(every * 1000);
      }
      await note(Math.round(10 * passed()) / 10);
    }
    // What is fetched and compiled beforehand, for later clicks, comes in the first minutes.
    const settled = samples.filter(
      ({ minutes: at }) => at >= Math.min(10, (samples.at(-1)?.minutes ?? 0) / 2),
    );
    for (const key of [
      'heap',
      'wasm',
      'resident',
      'own',
      'timers',
      'requests',
      'nodes',
      'listeners',
    ] as const) {
      const slope = 60 * slopeOf(settled.map((one) => [one.minutes, one[key]]));
      console.log(`${key}: ${slope.toFixed(3)} per hour`);
    }
  } finally {
    await browser.close();
    await server.close();
  }
}

runScript(main);
