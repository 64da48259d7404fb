import { expect, test } from '@playwright/test';
import { missingFirefox, openFirefox } from '../engine/firefox-browser.ts';
import { type StaticServer, serveStatic } from '../engine/static-server.ts';
import { missingWebkit, openWebkit } from '../engine/webkit-browser.ts';
import { catFile } from '../fixtures/cat-latent.ts';
import { likeness } from '../likeness.ts';

/**
 * The whole built page in browsers that are no Chromium, with a demo cut to 8x8 cells: opened by a link, decoded and upscaled, shown; and
 * a file that is no latent gets its sentence. What they draw is read off the page's own canvases. The longest spec of all: its folder's name has it
 * begin before the other slow ones, since Playwright goes by names.
 */
test.describe.configure({ timeout: 900_000 });

const SIDE = 8;
/** Panes with the sides of their pictures in pixels. */
const SIDES = {
  'decode-1': 8 * SIDE,
  'lua-2': 16 * SIDE,
  'lua-4': 32 * SIDE,
  'pixel-lanczos-2': 16 * SIDE,
} as const;
const PANES = ['decode-1', 'lua-2', 'lua-4', 'pixel-lanczos-2'] as const;

/** What the page shows, as plain data. */
interface Seen {
  readonly phases: Readonly<Record<string, string>>;
  readonly sizes: Readonly<Record<string, number>>;
  readonly pixels: Readonly<Record<string, readonly number[]>>;
  readonly status: string;
}

/** Runs in the page. */
function look(panes: readonly string[]): Seen {
  const compare = document.querySelector('ll-compare');
  const root: ParentNode = compare?.shadowRoot ?? document;
  const phases: Record<string, string> = {};
  const sizes: Record<string, number> = {};
  const pixels: Record<string, number[]> = {};
  const { cards = [] } = (compare ?? {}) as unknown as {
    cards?: { key: string; drawing?: { bitmap: ImageBitmap } }[];
  };
  for (const key of panes) {
    phases[key] = root.querySelector(`figure[data-pane="${key}"]`)?.getAttribute('data-phase') ?? 'absent';
    const bitmap = cards.find((card) => card.key === key)?.drawing?.bitmap;
    sizes[key] = bitmap?.width ?? 0;
    // A repeat puts another bitmap in its place and closes this one.
    if (phases[key] !== 'done' || bitmap === undefined || bitmap.width === 0) continue;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    const context = canvas.getContext('2d');
    context?.drawImage(bitmap, 0, 0);
    pixels[key] = [...(context?.getImageData(0, 0, canvas.width, canvas.height).data ?? [])];
  }
  const status = document.querySelector('ll-status')?.shadowRoot?.querySelector('.text')?.textContent ?? '';
  return { phases, sizes, pixels, status };
}

/** A browser as far as this spec needs it. */
interface Driven {
  open(url: string): Promise<void>;
  evaluate<A, R>(work: (argument: A) => R, argument: A): Promise<R>;
  close(): Promise<void>;
}

let server: StaticServer;
test.beforeAll(async ({ browserName: _ }, { project }) => {
  test.skip(project.name === 'gpu', 'needs no GPU: run by the project chromium');
  server = await serveStatic('dist');
  server.instead.set('small.npy', { type: 'application/octet-stream', bytes: catFile(SIDE) });
});
test.afterAll(() => server?.close());

async function pictures(browser: Driven, query: string): Promise<Seen> {
  await browser.open(`${server.url}?latent=small.npy&panes=${PANES.join()}&${query}`);
  const isSettled = ({ phases, pixels }: Seen): boolean =>
    PANES.every((key) => (phases[key] === 'done' ? key in pixels : /failed|missing/.test(phases[key] ?? '')));
  let seen = await browser.evaluate(look, PANES);
  while (!isSettled(seen)) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    seen = await browser.evaluate(look, PANES);
  }
  return seen;
}

function expectPictures({ phases, sizes, pixels, status }: Seen): void {
  for (const key of PANES) {
    expect(phases[key], `${key}: ${status}`).toBe('done');
    expect(sizes[key]).toBe(SIDES[key]);
    expect(new Set(pixels[key]).size, `colours of ${key}`).toBeGreaterThan(40);
  }
}

async function refusesWords(browser: Driven): Promise<void> {
  await browser.evaluate(() => {
    // As a browser hands it over: WebKit lets no script put files into a DataTransfer of its own.
    const dropped = { types: ['Files'], items: [], files: [new File(['words'], 'notes.txt')] };
    const drop = new DragEvent('drop', { bubbles: true, cancelable: true });
    Object.defineProperty(drop, 'dataTransfer', { value: dropped });
    document.body.dispatchEvent(drop);
  }, null);
  const status = (): string =>
    document.querySelector('ll-status')?.shadowRoot?.querySelector('.text')?.textContent ?? '';
  await expect
    .poll(() => browser.evaluate(status, null), { timeout: 30_000 })
    .toMatch(/notes\.txt|text|expected/);
}

async function inFirefox(hasGpu: boolean): Promise<Driven> {
  const firefox = await openFirefox(hasGpu);
  const page = await firefox.newPage();
  return {
    open: async (url) => void (await page.goto(url)),
    evaluate: (work, argument) => page.evaluate(work as never, argument as never) as never,
    close: () => firefox.close(),
  };
}

test('in Firefox as it is shipped the page makes its pictures on the CPU, and on a GPU with f16 the same ones', async () => {
  test.skip(missingFirefox !== null, missingFirefox ?? '');
  const plain = await inFirefox(false);
  let cpu: Seen;
  try {
    cpu = await pictures(plain, 'backend=auto');
    expectPictures(cpu);
    await refusesWords(plain);
  } finally {
    await plain.close();
  }
  const accelerated = await inFirefox(true);
  try {
    const gpu = await pictures(accelerated, 'backend=webgpu&decoder=fast');
    expectPictures(gpu);
    for (const key of PANES) {
      const decibels = likeness(gpu.pixels[key] ?? [], cpu.pixels[key] ?? []);
      console.log(`Firefox, WebGPU f16 against the CPU, ${key}: ${decibels.toFixed(1)} dB`);
      // f16 keeps 11 bits through some twenty layers, which stays below what a viewer sees; f32 comes nearer than this.
      expect(decibels, `${key} in dB`).toBeGreaterThan(42);
      expect(decibels, `${key} in dB`).toBeLessThan(65);
    }
  } finally {
    await accelerated.close();
  }
});

test('in WebKitGTK the page makes its pictures on the CPU, without a storage of files', async () => {
  if (missingWebkit !== null) console.log(`skipped: ${missingWebkit}`);
  test.skip(missingWebkit !== null, missingWebkit ?? '');
  const webkit = await openWebkit();
  try {
    expectPictures(await pictures(webkit, 'backend=auto'));
    await refusesWords(webkit);
  } finally {
    await webkit.close();
  }
});
