import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright';
import { serveStatic } from '../e2e/engine/static-server.ts';
import { npyFile } from '../e2e/fixtures/latents.ts';
import { findChromium } from '../scripts/find-chromium.mjs';
import { runScript } from '../scripts/run-script.ts';

const USAGE = `npx vite build && npx tsx bench/long-day.ts [--decodes 1000] [--sizes 60] [--every 20] [--idle SECONDS] [--out FILE.csv]
Opens and closes files of many sizes in the page, as in a long day, and measures its memory (Linux). --idle leaves the page open instead.`;

/** What is held, in MB. */
interface Sample {
  readonly decodes: number;
  /** JavaScript of the page, after a collection. */
  readonly heap: number;
  /** The runtime's WebAssembly memory, which never shrinks. */
  readonly wasm: number;
  /** The whole process of the page, workers included: resident, and what of it is the process's own. */
  readonly resident: number;
  readonly own: number;
}

const MB = 2 ** 20;
const round = (value: number): number => Math.round(value * 10) / 10;

/** Put before the engine's script: notes the runtime's memory when it is made. */
const NOTE_MEMORY = `{
  const { instantiate } = WebAssembly;
  const memories = (globalThis.memories = []);
  const note = (group) => memories.push(...Object.values(group).filter((one) => one instanceof WebAssembly.Memory));
  WebAssembly.instantiate = async (source, imports) => {
    const made = await instantiate(source, imports);
    note((made.instance ?? made).exports);
    for (const group of Object.values(imports)) note(group);
    return made;
  };
}
`;

async function watchWasm(page: Page): Promise<void> {
  await page.route('**/upscaler.worker-*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: NOTE_MEMORY + (await response.text()) });
  });
}

async function rendererBytes(browser: Browser): Promise<{ resident: number; own: number }> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const all = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => {
      const status = readFileSync(`/proc/${id}/status`, 'utf8');
      const kB = (key: string): number => 1024 * Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1]);
      return { resident: kB('VmRSS'), own: kB('RssAnon') };
    });
  return all.reduce((most, one) => (one.resident > most.resident ? one : most), { resident: 0, own: 0 });
}

async function sample(page: Page, browser: Browser, root: CDPSession, decodes: number): Promise<Sample> {
  for (let k = 0; k < 2; k += 1) await root.send('HeapProfiler.collectGarbage');
  let wasm = 0;
  for (const worker of page.workers()) {
    wasm += await worker
      .evaluate(() => {
        const { memories = [], gc } = globalThis as unknown as {
          readonly memories?: readonly WebAssembly.Memory[];
          readonly gc?: () => void;
        };
        gc?.();
        return memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
      })
      .catch(() => 0);
  }
  const { usedSize } = await root.send('Runtime.getHeapUsage');
  const { resident, own } = await rendererBytes(browser);
  return {
    decodes,
    heap: round(usedSize / MB),
    wasm: round(wasm / MB),
    resident: round(resident / MB),
    own: round(own / MB),
  };
}

/** The slope of the best line through what comes after `from` decodes, in MB for each 100. */
function slopePer100(
  samples: readonly Sample[],
  key: Exclude<keyof Sample, 'decodes'>,
  from: number,
): number {
  const points = samples.filter(({ decodes }) => decodes >= from);
  const mean = (of: (one: Sample) => number): number =>
    points.reduce((sum, one) => sum + of(one), 0) / points.length;
  const [x, y] = [mean(({ decodes }) => decodes), mean((one) => one[key])];
  const over = points.reduce((sum, one) => sum + (one.decodes - x) * (one[key] - y), 0);
  const under = points.reduce((sum, one) => sum + (one.decodes - x) ** 2, 0);
  return under === 0 ? Number.NaN : (100 * over) / under;
}

const pane = (page: Page) => page.locator('ll-compare figure[data-pane="decode-1"]');

/** Opens a latent of `height` x `width` cells, waits for its picture, and closes it. */
async function openAndClose(page: Page, height: number, width: number, index: number): Promise<void> {
  const { bytes } = npyFile(height, width);
  const name = `day-${index}.npy`;
  await page
    .locator('#files')
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });
  await page.locator('#latent-name', { hasText: name }).waitFor({ timeout: 25_000 });
  await pane(page).and(page.locator('[data-phase="done"]')).waitFor({ timeout: 300_000 });
  await page.getByRole('button', { name: `Remove ${name}` }).click();
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      decodes: { type: 'string', default: '1000' },
      sizes: { type: 'string', default: '60' },
      every: { type: 'string', default: '20' },
      idle: { type: 'string', default: '0' },
      out: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(USAGE);
  const server = await serveStatic('dist');
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath === null ? {} : { executablePath }),
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--js-flags=--expose-gc',
      '--enable-precise-memory-info',
    ],
  });
  const samples: Sample[] = [];
  function note(one: Sample): void {
    samples.push(one);
    console.log(Object.values(one).join(','));
    if (values.out === undefined) return;
    mkdirSync(dirname(values.out), { recursive: true });
    const rows = samples.map((each) => Object.values(each).join(','));
    writeFileSync(values.out, [Object.keys(one).join(','), ...rows, ''].join('\n'));
  }
  try {
    const page = await browser.newPage({ reducedMotion: 'reduce', serviceWorkers: 'block' });
    page.setDefaultTimeout(25_000);
    await watchWasm(page);
    await page.goto(`${server.url}?panes=decode-1&backend=wasm`);
    await pane(page).and(page.locator('[data-phase="done"]')).waitFor({ timeout: 300_000 });
    const root = await page.context().newCDPSession(page);
    console.log('decodes,heap,wasm,resident,own');
    const idleS = Number(values.idle);
    if (idleS > 0) {
      for (let k = 0; k <= 10; k += 1) {
        note(await sample(page, browser, root, k));
        await sleep((idleS * 1000) / 10);
      }
      return;
    }
    const [decodes, sizes, every] = [Number(values.decodes), Number(values.sizes), Number(values.every)];
    for (let k = 0; k < decodes; k += 1) {
      if (k % every === 0) note(await sample(page, browser, root, k));
      const size = k % sizes;
      await openAndClose(page, 5 + (size % 10), 5 + Math.floor(size / 10), k);
    }
    note(await sample(page, browser, root, decodes));
    for (const key of ['heap', 'wasm', 'resident', 'own'] as const) {
      console.log(
        `${key}: ${slopePer100(samples, key, Math.min(200, decodes / 2)).toFixed(2)} MB per 100 decodes`,
      );
    }
  } finally {
    await browser.close();
    await server.close();
  }
}

runScript(main);
