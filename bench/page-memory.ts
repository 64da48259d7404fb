import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, type CDPSession, chromium, type Page, type Worker } from 'playwright';
import { findChromium } from '../scripts/find-chromium.mjs';

/** What the page holds, in MB. */
export interface Held {
  /** JavaScript of the page, after a collection. */
  readonly heap: number;
  /** Finished pictures and previews (ImageBitmap), and canvases on the screen or aside, on the page's own thread: four bytes a pixel. */
  readonly bitmaps: number;
  readonly canvases: number;
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
    // The page's service worker, which is passed by here, would isolate the worker as it has isolated the page.
    const headers = { ...response.headers(), 'cross-origin-embedder-policy': 'require-corp' };
    await route.fulfill({ response, headers, body: NOTE_MEMORY + (await response.text()) });
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

/** Megabytes of pixels in all live objects of the page's own thread that have one of these prototypes. */
async function pixelsOf(root: CDPSession, prototypes: readonly string[]): Promise<number> {
  let total = 0;
  for (const name of prototypes) {
    const { result } = await root.send('Runtime.evaluate', { expression: `${name}.prototype` });
    if (result.objectId === undefined) continue;
    const { objects } = await root.send('Runtime.queryObjects', { prototypeObjectId: result.objectId });
    const { result: bytes } = await root.send('Runtime.callFunctionOn', {
      objectId: objects.objectId ?? '',
      returnByValue: true,
      functionDeclaration:
        'function () { return this.reduce((sum, { width, height }) => sum + 4 * width * height, 0); }',
    });
    total += Number(bytes.value);
    for (const { objectId } of [result, objects]) {
      if (objectId !== undefined) await root.send('Runtime.releaseObject', { objectId });
    }
  }
  return total / MB;
}

/** A worker of the page before its reload is still on the list, and never answers. */
const ANSWER_MS = 5000;

/** The runtime's memory in a worker, after a collection; 0 where there is none. */
const wasmBytes = (worker: Worker): Promise<number> =>
  worker
    .evaluate(() => {
      const { memories = [], gc } = globalThis as unknown as {
        readonly memories?: readonly WebAssembly.Memory[];
        readonly gc?: () => void;
      };
      gc?.();
      return memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
    })
    .catch(() => 0);

/** What is held now, after a collection. `root` is a session of the page's own thread. */
export async function heldBy(page: Page, browser: Browser, root: CDPSession): Promise<Held> {
  for (let k = 0; k < 2; k += 1) await root.send('HeapProfiler.collectGarbage');
  let wasm = 0;
  for (const worker of page.workers()) wasm += await Promise.race([wasmBytes(worker), sleep(ANSWER_MS, 0)]);
  const { usedSize } = await root.send('Runtime.getHeapUsage');
  const { resident, own } = await rendererBytes(browser);
  return {
    heap: round(usedSize / MB),
    bitmaps: round(await pixelsOf(root, ['ImageBitmap'])),
    canvases: round(await pixelsOf(root, ['OffscreenCanvas', 'HTMLCanvasElement'])),
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
