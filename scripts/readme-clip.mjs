// Makes the README's clip of the built page: `npx vite build && node scripts/readme-clip.mjs`. Needs ImageMagick with WebP (`convert`).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { preview } from 'vite';
import { findChromium } from './find-chromium.mjs';

const OUT = 'docs/clip.webp';
const MOST_BYTES = 3e6;
const SIZE = { width: 1180, height: 1000 };
/** Of the page above the stage: the verdict. */
const ABOVE = 64;
const PANES = ['decode-1', 'lua-2', 'lua-4'];

/** File names and the hundredths of a second that each stands. */
const frames = [];
const folder = mkdtempSync(join(tmpdir(), 'latentlift-clip-'));

async function shoot(page, hundredths) {
  const file = join(folder, `${String(frames.length).padStart(3, '0')}.png`);
  const { x, y, width, height } = await page.locator('ll-compare').boundingBox();
  await page.screenshot({ path: file, clip: { x, y: y - ABOVE, width, height: height + ABOVE } });
  frames.push([file, hundredths]);
}

/** Moves the pointer through points of the stage, 0..1 of its width and height, a picture each. */
async function trace(page, points, hundredths) {
  const box = await page.locator('ll-compare').boundingBox();
  for (const [x, y] of points) {
    await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
    await page.waitForTimeout(60);
    await shoot(page, hundredths);
  }
}

/** There and back between two places, eased. */
const sweep = (from, to, steps, y) =>
  Array.from({ length: steps }, (_, i) => {
    const share = (1 - Math.cos((Math.PI * i) / (steps - 1))) / 2;
    return [from + (to - from) * share, y];
  });

async function waitForPictures(page) {
  // A slow CPU holds the 4x picture back until it is asked for.
  await page.addLocatorHandler(page.getByRole('button', { name: 'Render anyway' }).first(), (button) =>
    button.click(),
  );
  for (const pane of PANES) {
    await page.locator(`figure[data-pane="${pane}"][data-phase="done"]`).waitFor({ timeout: 300_000 });
  }
}

async function film(page, url) {
  await page.goto(`${url}?demo=rocket`);
  await waitForPictures(page);
  // The page repeats finished pictures by itself, for figures without the cost of setting up.
  await page.waitForTimeout(30_000);
  await shoot(page, 350);
  await page.keyboard.press('w');
  await page.waitForTimeout(500);
  await trace(page, [[0.5, 0.5]], 120);
  await page.mouse.down();
  await trace(page, [...sweep(0.5, 0.12, 10, 0.5), ...sweep(0.12, 0.88, 18, 0.5)], 12);
  await trace(page, sweep(0.88, 0.5, 10, 0.5), 12);
  await page.mouse.up();
  await shoot(page, 150);
  await page.keyboard.press('l');
  await page.waitForTimeout(500);
  await trace(page, [...sweep(0.06, 0.22, 14, 0.4), ...sweep(0.22, 0.12, 12, 0.62)], 14);
  await shoot(page, 150);
  await page.keyboard.press('s');
  await page.waitForTimeout(300);
  await shoot(page, 300);
}

function compose() {
  const words = frames.flatMap(([file, hundredths]) => ['-delay', String(hundredths), file]);
  const { status, stderr } = spawnSync(
    'convert',
    ['-loop', '0', ...words, '-quality', '86', '-define', 'webp:method=4', OUT],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`convert failed, ImageMagick with WebP is needed: ${stderr}`);
  const { size } = statSync(OUT);
  const seconds = frames.reduce((sum, [, hundredths]) => sum + hundredths, 0) / 100;
  console.log(`${OUT}: ${frames.length} pictures, ${seconds} s, ${(size / 1e6).toFixed(2)} MB`);
  if (size > MOST_BYTES) throw new Error(`more than ${MOST_BYTES / 1e6} MB`);
}

const server = await preview({ preview: { host: '127.0.0.1', port: 4190 } });
const executablePath = findChromium();
const browser = await chromium.launch({
  ...(executablePath === null ? {} : { executablePath }),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light' });
  await film(page, 'http://127.0.0.1:4190/');
  compose();
} finally {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
