import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright';
import { serveStatic } from '../e2e/engine/static-server.ts';
import { npyFile } from '../e2e/fixtures/latents.ts';
import { runScript } from '../scripts/run-script.ts';
import { dayGraphOf, type Sample } from './day-graph.ts';
import { heldBy, launchMeasured, slopeOf, watchWasm, writeCsv } from './page-memory.ts';
import { waitForPictures } from './pane-outcome.ts';

const USAGE = `npx vite build && npx tsx bench/long-day.ts [--decodes 1000] [--sizes 60] [--every 20] [--panes decode-1] [--keep] [--out FILE.csv]
Opens and closes files of many sizes in the page, as in a long day, and measures its memory (Linux); a graph goes beside FILE.csv. --keep closes them at the end alone. With
--sizes below 4 the files are of 8x8, 8x9 and 16x16 cells.`;

const LIMIT_MS = 1_200_000;

const nameOf = (index: number): string => `day-${index}.npy`;

/** Opens a latent of `height` x `width` cells. */
async function openLatent(page: Page, height: number, width: number, index: number): Promise<void> {
  const { bytes } = npyFile(height, width);
  const name = nameOf(index);
  await page
    .locator('#files')
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });
  await page.locator('#latent-name', { hasText: name }).waitFor();
}

const close = (page: Page, index: number): Promise<void> =>
  page.getByRole('button', { name: `Remove ${nameOf(index)}` }).click();

const FEW_SIZES: readonly (readonly [number, number])[] = [
  [8, 8],
  [8, 9],
  [16, 16],
];

/** Height and width in cells of file `index`. */
function sizeOf(index: number, sizes: number): readonly [number, number] {
  const k = index % sizes;
  return (sizes <= FEW_SIZES.length ? FEW_SIZES[k] : null) ?? [5 + (k % 10), 5 + Math.floor(k / 10)];
}

interface Wish {
  readonly decodes: number;
  readonly sizes: number;
  readonly every: number;
  readonly panes: readonly string[];
  readonly isKept: boolean;
}

/** Opens the page and spends a day in it; `note` is told what is held after so many pictures. */
async function spendDay(
  wish: Wish,
  browser: Browser,
  url: string,
  note: (one: Sample) => void,
): Promise<void> {
  const { decodes, sizes, every, panes, isKept } = wish;
  const page = await browser.newPage({ reducedMotion: 'reduce', serviceWorkers: 'block' });
  page.setDefaultTimeout(60_000);
  await watchWasm(page);
  await page.route('**/fixture/first.npy', (route) =>
    route.fulfill({ body: Buffer.from(npyFile(8, 8).bytes), contentType: 'application/octet-stream' }),
  );
  await page.goto(`${url}?panes=${panes.join()}&backend=wasm&latent=fixture/first.npy`);
  await waitForPictures(page, panes, LIMIT_MS);
  const root = await page.context().newCDPSession(page);
  const measure = async (made: number) => note({ decodes: made, ...(await heldBy(page, browser, root)) });
  const files = Math.ceil(decodes / panes.length);
  for (let k = 0; k < files; k += 1) {
    if (k % Math.max(1, Math.round(every / panes.length)) === 0) await measure(k * panes.length);
    await openLatent(page, ...sizeOf(k, sizes), k);
    await waitForPictures(page, panes, LIMIT_MS);
    if (!isKept) await close(page, k);
  }
  await measure(files * panes.length);
  if (!isKept) return;
  for (let k = 0; k < files; k += 1) await close(page, k);
  console.log('all closed:');
  await measure(files * panes.length);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      decodes: { type: 'string', default: '1000' },
      sizes: { type: 'string', default: '60' },
      every: { type: 'string', default: '20' },
      panes: { type: 'string', default: 'decode-1' },
      keep: { type: 'boolean', default: false },
      out: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(USAGE);
  const [decodes, sizes, every] = [Number(values.decodes), Number(values.sizes), Number(values.every)];
  const panes = values.panes.split(',');
  const server = await serveStatic('dist');
  const browser = await launchMeasured();
  const samples: Sample[] = [];
  function note(one: Sample): void {
    samples.push(one);
    if (samples.length === 1) console.log(Object.keys(one).join());
    console.log(Object.values(one).join());
    if (values.out === undefined) return;
    writeCsv(values.out, samples);
    writeFileSync(values.out.replace(/(\.csv)?$/, '.svg'), dayGraphOf(samples));
  }
  try {
    await spendDay({ decodes, sizes, every, panes, isKept: values.keep }, browser, server.url, note);
    if (values.keep) return;
    const settled = samples.filter((one) => one.decodes >= Math.min(200, decodes / 2));
    for (const key of ['heap', 'bitmaps', 'canvases', 'wasm', 'resident', 'own'] as const) {
      const slope = 100 * slopeOf(settled.map((one) => [one.decodes, one[key]]));
      console.log(`${key}: ${slope.toFixed(2)} MB per 100 decodes`);
    }
  } finally {
    await browser.close();
    await server.close();
  }
}

runScript(main);
