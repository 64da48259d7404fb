import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright';
import { EMULATED_GPU } from '../../e2e/engine/emulated-gpu.ts';
import { openWebkit } from '../../e2e/engine/webkit-browser.ts';
import { readPicture } from '../../src/lib/node/index.ts';
import type { Pixels } from '../../workers/direct/engine-types.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.css': 'text/css',
};

async function serve(folder: string): Promise<{ readonly url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const path = join(
      folder,
      normalize(decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname)),
    );
    if (!(await stat(path).catch(() => null))?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
      // As a CDN has it, for the page that takes the package from one.
      'Access-Control-Allow-Origin': '*',
    });
    createReadStream(path).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.closeAllConnections() ?? server.close() };
}

/** What a person sees of the canvas that an example leaves, once its title says that it is done. (Read from a script, a WebGPU canvas is empty after it has been shown.) */
async function canvasPixels(page: Page): Promise<Pixels> {
  await page.waitForFunction(() => document.title === 'done', null, { timeout: 300_000 });
  return readPicture(await page.locator('#picture').screenshot(), 'screenshot.png');
}

/** Pixels of the largest picture that the element shows. */
async function elementPixels(page: Page): Promise<Pixels> {
  await page.waitForFunction(
    () => {
      const element = document.querySelector('latent-lift') as unknown as {
        cards?: { phase: string; note: string | null }[];
      } | null;
      const cards = element?.cards ?? [];
      const failed = cards.find(({ phase }) => phase === 'failed');
      if (failed !== undefined) throw new Error(failed.note ?? 'failed');
      return cards.length > 1 && cards.every(({ phase }) => phase === 'done');
    },
    null,
    { timeout: 240_000 },
  );
  return page.evaluate(() => {
    const { cards } = document.querySelector('latent-lift') as unknown as {
      cards: { drawing: { bitmap: ImageBitmap } }[];
    };
    const bitmap = cards.at(-1)?.drawing.bitmap as ImageBitmap;
    const copy = new OffscreenCanvas(bitmap.width, bitmap.height).getContext(
      '2d',
    ) as OffscreenCanvasRenderingContext2D;
    copy.drawImage(bitmap, 0, 0);
    const { data, width, height } = copy.getImageData(0, 0, bitmap.width, bitmap.height);
    return { data: Array.from(data), width, height };
  }) as unknown as Promise<Pixels>;
}

/** Opens a built example in Chromium (`prepare` learns of the same folder at another origin) and gives the picture it ends with. What the page complains of is thrown. */
export async function pictureOf(
  folder: string,
  kind: 'canvas' | 'element',
  page = '',
  prepare: (otherSite: string) => void = () => {},
): Promise<Pixels> {
  const server = await serve(folder);
  const other = await serve(folder);
  prepare(other.url);
  let browser: Browser | null = null;
  const complaints: string[] = [];
  try {
    browser = await chromium.launch(EMULATED_GPU);
    const tab = await browser.newPage();
    tab.on('pageerror', (error) => complaints.push(error.message));
    tab.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await tab.goto(`${server.url}${page}`);
    return await (kind === 'canvas' ? canvasPixels(tab) : elementPixels(tab));
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${complaints.join('\n')}`);
  } finally {
    await browser?.close();
    server.close();
    other.close();
  }
}

/** The same in WebKitGTK, of an example that draws on a 2D canvas. */
export async function webkitPictureOf(folder: string): Promise<Pixels> {
  const server = await serve(folder);
  const browser = await openWebkit();
  try {
    await browser.open(server.url);
    const until = performance.now() + 300_000;
    while ((await browser.evaluate(() => document.title, null)) !== 'done') {
      if (performance.now() > until) throw new Error('no picture came within five minutes');
      await setTimeout(500);
    }
    return await browser.evaluate(() => {
      const canvas = document.querySelector('#picture') as HTMLCanvasElement;
      const context = canvas.getContext('2d') as CanvasRenderingContext2D;
      const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
      return { data: Array.from(data), width, height } as unknown as Pixels;
    }, null);
  } finally {
    await browser.close();
    server.close();
  }
}
