// Takes the README's two pictures of the built page: `npx vite build && node scripts/readme-pictures.mjs`.
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright';
import { preview } from 'vite';
import { findChromium } from './find-chromium.mjs';

const PICTURES = [
  {
    file: 'docs/side-by-side.jpg',
    colorScheme: 'light',
    query: '?demo=rocket',
    panes: ['decode-1', 'lua-2', 'lua-4'],
  },
  {
    file: 'docs/slider.jpg',
    colorScheme: 'dark',
    query: '?demo=dandelions&panes=decode-1,lua-2&view=slider&b=lua-2&zoom=3&x=0.31&y=0.36&wipe=0.4',
    panes: [],
  },
];

const server = await preview({ preview: { host: '127.0.0.1', port: 4189 } });
const executablePath = findChromium();
const browser = await chromium.launch({
  ...(executablePath === null ? {} : { executablePath }),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
mkdirSync('docs', { recursive: true });
for (const { file, colorScheme, query, panes } of PICTURES) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme });
  await page.goto(`http://127.0.0.1:4189/${query}`);
  // A slow CPU holds the 4x picture back until it is asked for.
  await page.addLocatorHandler(page.getByRole('button', { name: 'Render anyway' }).first(), (button) =>
    button.click(),
  );
  for (const pane of panes) {
    await page.locator(`figure[data-pane="${pane}"][data-phase="done"]`).waitFor({ timeout: 180_000 });
  }
  // The page repeats finished pictures by itself, for figures without the cost of setting up.
  if (panes.length > 0) await page.waitForTimeout(30_000);
  await page
    .getByText(/all \d pictures are ready/)
    .first()
    .waitFor({ timeout: 180_000 });
  await page.waitForTimeout(1000);
  await page.screenshot({ path: file, type: 'jpeg', quality: 78 });
  await page.close();
}
await browser.close();
await server.close();
