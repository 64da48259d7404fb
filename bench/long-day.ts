import { parseArgs } from 'node:util';
import type { Page } from 'playwright';
import { serveStatic } from '../e2e/engine/static-server.ts';
import { npyFile } from '../e2e/fixtures/latents.ts';
import { type Held, heldBy, launchMeasured, slopeOf, watchWasm, writeCsv } from './page-memory.ts';

const USAGE = `npx vite build && npx tsx bench/long-day.ts [--decodes 1000] [--sizes 60] [--every 20] [--out FILE.csv]
Opens and closes files of many sizes in the page, as in a long day, and measures its memory (Linux).`;

interface Sample extends Held {
  readonly decodes: number;
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
      out: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(USAGE);
  const server = await serveStatic('dist');
  const browser = await launchMeasured();
  const samples: Sample[] = [];
  function note(one: Sample): void {
    samples.push(one);
    console.log(Object.values(one).join(','));
    if (values.out !== undefined) writeCsv(values.out, samples);
  }
  try {
    const page = await browser.newPage({ reducedMotion: 'reduce', serviceWorkers: 'block' });
    page.setDefaultTimeout(25_000);
    await watchWasm(page);
    await page.goto(`${server.url}?panes=decode-1&backend=wasm`);
    await pane(page).and(page.locator('[data-phase="done"]')).waitFor({ timeout: 300_000 });
    const root = await page.context().newCDPSession(page);
    console.log('decodes,heap,wasm,resident,own');
    const [decodes, sizes, every] = [Number(values.decodes), Number(values.sizes), Number(values.every)];
    for (let k = 0; k < decodes; k += 1) {
      if (k % every === 0) note({ decodes: k, ...(await heldBy(page, browser, root)) });
      const size = k % sizes;
      await openAndClose(page, 5 + (size % 10), 5 + Math.floor(size / 10), k);
    }
    note({ decodes, ...(await heldBy(page, browser, root)) });
    const settled = samples.filter((one) => one.decodes >= Math.min(200, decodes / 2));
    for (const key of ['heap', 'wasm', 'resident', 'own'] as const) {
      const slope = 100 * slopeOf(settled.map((one) => [one.decodes, one[key]]));
      console.log(`${key}: ${slope.toFixed(2)} MB per 100 decodes`);
    }
  } finally {
    await browser.close();
    await server.close();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
