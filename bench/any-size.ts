import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright';
import { serveStatic } from '../e2e/engine/static-server.ts';
import { npyFile, waves } from '../e2e/fixtures/latents.ts';
import { runScript } from '../scripts/run-script.ts';
import { NETWORKS } from '../src/core/networks/index.ts';
import type { Role } from '../src/core/role.ts';
import type { LlCompare } from '../src/ui/stage/ll-compare.ts';
import { createInProcessEngine } from '../workers/in-process.ts';
import { type Model, openModel } from '../workers/pipeline/model.ts';
import { tinyRelease } from '../workers/testing/tiny-models.ts';
import { launchMeasured } from './page-memory.ts';
import { outcomeOf } from './pane-outcome.ts';

const USAGE = `npx vite build && npx tsx bench/any-size.ts [--sizes 1x1,1x4096,4096x1,1x1023,256x256] [--minutes 20]
Opens latents of extreme sizes (cells, height x width) in the page, on the CPU, with networks of toy size, asks for 1x, 2x and 4x, and says what came: a sentence, or a
picture, of which every corner and a thousand places are looked at and, up to 64 rows of 64, compared with what the engine gives in Node.`;

const SCALES = [1, 2, 4] as const;
type Scale = (typeof SCALES)[number];
const keyOf = (scale: Scale): string => (scale === 1 ? 'decode-1' : `lua-${scale}`);

/** Pixels that a browser's canvas has at most on a side. */
const LONGEST_SIDE = 32_767;

const toys = tinyRelease();

/** The toy networks as a release: a manifest with their true hashes. */
function releaseFiles(): Map<string, Uint8Array> {
  const models = toys.manifest.models.map((entry) => {
    const bytes = toys.files.get(entry.file) ?? new Uint8Array();
    return { ...entry, sha256: createHash('sha256').update(bytes).digest('hex') };
  });
  // The CPU runs no self-test; the page's own entry makes the list whole.
  const { selfTest } = JSON.parse(readFileSync('dist/models/manifest.json', 'utf8')) as typeof toys.manifest;
  const manifest = new TextEncoder().encode(JSON.stringify({ ...toys.manifest, models, selfTest }));
  return new Map<string, Uint8Array>([['manifest.json', manifest], ...toys.files]);
}

const toy = (role: Role): Model =>
  openModel(
    { id: role, file: `${role}.safetensors`, role, key: role },
    toys.files.get(`${role}.safetensors`) ?? new Uint8Array(),
    NETWORKS,
  );

interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The sides of the picture that a pane draws, in pixels. */
const sidesOf = (page: Page, key: string): Promise<Pick<Rect, 'width' | 'height'>> =>
  page.locator('ll-compare').evaluate((compare, wanted) => {
    const bitmap = (compare as LlCompare).cards.find((card) => card.key === wanted)?.drawing?.bitmap;
    return { width: bitmap?.width ?? 0, height: bitmap?.height ?? 0 };
  }, key);

/** RGBA of parts of the picture that a pane draws. */
const partsOf = (page: Page, key: string, rects: readonly Rect[]): Promise<readonly (readonly number[])[]> =>
  page.locator('ll-compare').evaluate(
    (compare, wanted) => {
      const bitmap = (compare as LlCompare).cards.find((card) => card.key === wanted.key)?.drawing?.bitmap;
      return wanted.rects.map(({ x, y, width, height }) => {
        const context = new OffscreenCanvas(width, height).getContext('2d');
        if (context === null || bitmap === undefined) return [];
        context.drawImage(bitmap, -x, -y);
        return [...context.getImageData(0, 0, width, height).data];
      });
    },
    { key, rects },
  );

/** Pixels looked at in the middle of each block. */
const SAMPLE = 32;

interface Seen {
  readonly width: number;
  readonly height: number;
  /** Pixels without a picture: not opaque, or not there. */
  readonly empty: number;
  /** Blocks, an eighth of each side, of one colour alone. */
  readonly flat: number;
  /** RGBA of the top left, at most 512 x 512. */
  readonly start: readonly number[];
}

async function lookAt(page: Page, key: string): Promise<Seen> {
  const { width, height } = await sidesOf(page, key);
  const [across, down] = [Math.max(1, width >> 3), Math.max(1, height >> 3)];
  const [w, h] = [Math.min(across, SAMPLE), Math.min(down, SAMPLE)];
  const blocks: Rect[] = [];
  for (let y = 0; y + down <= height; y += down) {
    for (let x = 0; x + across <= width; x += across) {
      blocks.push({ x: x + ((across - w) >> 1), y: y + ((down - h) >> 1), width: w, height: h });
    }
  }
  const corners = [0, width - 1].flatMap((x) => [0, height - 1].map((y) => ({ x, y, width: 1, height: 1 })));
  const whole = { x: 0, y: 0, width: Math.min(512, width), height: Math.min(512, height) };
  const [start = [], ...rest] = await partsOf(page, key, [whole, ...corners, ...blocks]);
  const colours = (pixels: readonly number[]): number =>
    new Set(pixels.map((_, i) => (i % 4 === 0 ? pixels.slice(i, i + 3).join() : ''))).size - 1;
  const empty = rest.reduce(
    (sum, pixels) => sum + pixels.filter((value, i) => i % 4 === 3 && value !== 255).length,
    0,
  );
  const flat = rest.slice(corners.length).filter((pixels) => colours(pixels) <= 1).length;
  return { width, height, empty, flat: w * h > 1 ? flat : 0, start };
}

/** The largest difference, of 255, between what the page shows and what the engine gives in Node. */
async function differenceOf(height: number, width: number, scale: Scale, seen: Seen): Promise<number> {
  const engine = await createInProcessEngine();
  const latent = waves(height, width);
  const larger = scale === 1 ? latent : await engine.upscale(toy('upscaler'), latent, scale, 'lua');
  const decoder = toy('decoder');
  const planes = await engine.decode(decoder, larger);
  const isUnit = decoder.description.pixelRange === 'unit';
  let most = 0;
  const [w, h] = [Math.min(512, seen.width), Math.min(512, seen.height)];
  for (let y = 0; y < h; y += 1) {
    for (let x = 0; x < w; x += 1) {
      for (let c = 0; c < 3; c += 1) {
        const raw = planes.data[(c * planes.height + y) * planes.width + x] ?? Number.NaN;
        const value = 255 * Math.min(1, Math.max(0, isUnit ? raw : (raw + 1) / 2));
        most = Math.max(most, Math.abs(value - (seen.start[4 * (y * w + x) + c] ?? Number.NaN)));
      }
    }
  }
  return most;
}

async function lookAtSize(page: Page, size: string, limitMs: number): Promise<number> {
  const [height = 0, width = 0] = size.split('x').map(Number);
  const { bytes } = npyFile(height, width);
  const name = `${size}.npy`;
  const file = { name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) };
  await page.locator('#files').setInputFiles(file);
  await page.locator('#latent-name', { hasText: name }).waitFor({ timeout: limitMs });
  let wrong = 0;
  for (const scale of SCALES) {
    const begin = performance.now();
    const sentence = await outcomeOf(page, keyOf(scale), limitMs);
    const seconds = ((performance.now() - begin) / 1000).toFixed(0);
    if (sentence !== null) {
      const isTooLong = 8 * scale * Math.max(height, width) > LONGEST_SIDE;
      if (!isTooLong) wrong += 1;
      console.log(`${size} at ${scale}x: “${sentence}”${isTooLong ? '' : ': WRONG'}`);
      continue;
    }
    const seen = await lookAt(page, keyOf(scale));
    const isSize = seen.width === 8 * scale * width && seen.height === 8 * scale * height;
    const isSmall = height * width * scale * scale <= 64 * 64;
    const off = isSmall ? await differenceOf(height, width, scale, seen) : null;
    // Toys turn some places all white or black; a picture that lost its tiles is flat nearly everywhere.
    const isRight = isSize && seen.empty === 0 && seen.flat < 32 && (off === null || off <= 1);
    if (!isRight) wrong += 1;
    const compared = off === null ? '' : `, at most ${off.toFixed(2)}/255 from Node's`;
    console.log(
      `${size} at ${scale}x: ${seen.width} x ${seen.height} pixels in ${seconds} s, ${seen.empty} empty, ${seen.flat} flat${compared}: ${isRight ? 'right' : 'WRONG'}`,
    );
  }
  return wrong;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: '1x1,1x4096,4096x1,1x1023,256x256' },
      minutes: { type: 'string', default: '20' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(USAGE);
  const server = await serveStatic('dist');
  for (const [name, bytes] of releaseFiles()) {
    const type = name.endsWith('.json') ? 'application/json' : 'application/octet-stream';
    server.instead.set(`models/${name}`, { type, bytes });
  }
  const browser = await launchMeasured();
  try {
    const page = await browser.newPage({ serviceWorkers: 'block' });
    const failures: string[] = [];
    page.on('pageerror', (error) => failures.push(String(error)));
    await page.route('**/fixture/first.npy', (route) =>
      route.fulfill({ body: Buffer.from(npyFile(4, 4).bytes), contentType: 'application/octet-stream' }),
    );
    const panes = SCALES.map(keyOf).join();
    await page.goto(`${server.url}?panes=${panes}&backend=wasm&latent=fixture/first.npy`);
    await page.locator('#latent-name', { hasText: 'first.npy' }).waitFor({ timeout: 300_000 });
    let wrong = 0;
    for (const size of values.sizes.split(',')) {
      wrong += await lookAtSize(page, size, Number(values.minutes) * 60_000);
    }
    for (const failure of failures) console.log(`the page threw: ${failure}`);
    if (wrong + failures.length > 0) process.exitCode = 1;
  } finally {
    await browser.close();
    await server.close();
  }
}

runScript(main);
