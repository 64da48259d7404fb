import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Browser, type CDPSession, chromium, type Page } from 'playwright';
import { findChromium } from '../scripts/find-chromium.mjs';

/** What the page holds, in MB. */
export interface Held {
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

/** To be called before the page is opened: its workers tell their WebAssembly memory from then on. */
export async function watchWasm(page: Page): Promise<void> {
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

/** What is held now, after a collection. `root` is a session of the page's own thread. */
export async function heldBy(page: Page, browser: Browser, root: CDPSession): Promise<Held> {
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
    heap: round(usedSize / MB),
    wasm: round(wasm / MB),
    resident: round(resident / MB),
    own: round(own / MB),
  };
}

/** The slope of the best line through points (x, y); NaN where there are not two. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: 0 | 1): number => points.reduce((sum, one) => sum + one[of], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const over = points.reduce((sum, one) => sum + (one[0] - x) * (one[1] - y), 0);
  const under = points.reduce((sum, one) => sum + (one[0] - x) ** 2, 0);
  return under === 0 ? Number.NaN : over / under;
}

/** A browser that lets go of what is garbage when it is asked to. */
export async function launchMeasured(): Promise<Browser> {
  const executablePath = findChromium();
  return chromium.launch({
    ...(executablePath === null ? {} : { executablePath }),
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--js-flags=--expose-gc',
      '--enable-precise-memory-info',
    ],
  });
}

/** Writes rows of figures under their names. */
export function writeCsv<Row extends object>(file: string, rows: readonly Row[]): void {
  mkdirSync(dirname(file), { recursive: true });
  const lines = rows.map((row) => Object.values(row).join(','));
  writeFileSync(file, [Object.keys(rows[0] ?? {}).join(','), ...lines, ''].join('\n'));
}
