// `npm run screenshots`: every view and state of the built page at three sizes in both themes, as PNG files and as contact
// sheets to be looked at, in e2e/artifacts (which git ignores). Names after `--` pick states: `npm run screenshots -- blink`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright';
import { preview } from 'vite';
import { textFile } from '../e2e/fixtures/latents.ts';
import { LiftPage } from '../e2e/lift-page.ts';
import { VIEWS } from '../src/ui/stage/views/index.ts';
import { findChromium } from './find-chromium.mjs';

const OUT = resolve('e2e/artifacts');
const THEMES = ['light', 'dark'] as const;
const SIZES = [
  { width: 1440, height: 900 },
  { width: 820, height: 1180 },
  { width: 390, height: 844 },
] as const;
/** Width of one picture on a sheet, pixels: wide enough to read headings. */
const THUMB: Readonly<Record<number, number>> = { 1440: 720, 820: 480, 390: 300 };

interface State {
  readonly name: string;
  /** Brings the page from the state before to this one. */
  go(lift: LiftPage, page: Page): Promise<unknown>;
  readonly isWholePage?: boolean;
}

const dialogState = (name: string, button: string): State => ({
  name,
  async go(_lift, page) {
    await page.getByRole('button', { name: button, exact: true }).click();
    await page.getByRole('dialog').waitFor();
  },
});

async function close(page: Page): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).first().click();
}

/** In the order in which one page goes through them. */
function statesWith(release: () => void): State[] {
  return [
    { name: 'preview', go: (lift) => lift.pane('decode-1').locator('.preview').waitFor() },
    {
      name: 'running',
      go(lift) {
        release();
        return lift.pane('lua-4').locator('.running').waitFor({ timeout: 120_000 });
      },
    },
    { name: 'finished', go: (lift) => lift.waitUntilDone() },
    { name: 'whole-page', go: async () => {}, isWholePage: true },
    ...VIEWS.map(({ mode, title }) => ({
      name: `view-${mode}`,
      go: (lift: LiftPage) => lift.chooseView(title),
    })),
    {
      name: 'baselines',
      async go(lift, page) {
        await lift.chooseView(VIEWS[0].title);
        await page.locator('ll-toolbar summary').click();
      },
    },
    {
      ...dialogState('about', 'About'),
      async go(lift, page) {
        await page.keyboard.press('Escape');
        await dialogState('about', 'About').go(lift, page);
      },
    },
    {
      name: 'help',
      async go(lift, page) {
        await close(page);
        await dialogState('help', 'Keys and gestures').go(lift, page);
      },
    },
    {
      name: 'refused',
      async go(lift, page) {
        await close(page);
        await lift.drop(textFile());
        await page.locator('ll-status .error').waitFor();
      },
    },
    {
      name: 'no-weights',
      async go(lift, page) {
        await page.getByRole('button', { name: 'Dismiss' }).click();
        await lift.chooseFact('family', 'sana');
        // What is missing is said once, over the first picture.
        await lift.pane('decode-1').locator('.note').waitFor();
      },
      isWholePage: true,
    },
  ];
}

const fileOf = (state: State, width: number, theme: string): string => `${state.name}-${width}-${theme}.png`;

async function shoot(page: Page, state: State): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
      );
      const path = join(OUT, fileOf(state, size.width, theme));
      await page.screenshot({ path, fullPage: state.isWholePage === true });
    }
  }
}

/** One sheet for each size and theme, and a page with all of them. */
async function writeSheets(browser: Browser, states: readonly State[]): Promise<string[]> {
  const page = await browser.newPage({ viewport: { width: 1500, height: 900 } });
  const figure = (state: State, width: number, theme: string) =>
    `<figure><figcaption>${state.name}, ${width}, ${theme}</figcaption><img src="${fileOf(state, width, theme)}" width="${THUMB[width]}"></figure>`;
  const style =
    '<!doctype html><meta charset="utf-8"><style>body{font:14px sans-serif;background:#888;display:flex;flex-wrap:wrap;gap:12px;align-items:start;margin:12px}figure{margin:0}img{display:block}</style>';
  const names: string[] = [];
  for (const { width } of SIZES) {
    for (const theme of THEMES) {
      const name = `sheet-${width}-${theme}`;
      const html = join(OUT, `${name}.html`);
      writeFileSync(html, style + states.map((state) => figure(state, width, theme)).join(''));
      await page.goto(pathToFileURL(html).href);
      await page.screenshot({ path: join(OUT, `${name}.png`), fullPage: true });
      names.push(`${name}.png`);
    }
  }
  const all = SIZES.flatMap(({ width }) =>
    states.flatMap((state) => THEMES.map((theme) => figure(state, width, theme))),
  );
  writeFileSync(join(OUT, 'index.html'), style + all.join(''));
  return names;
}

async function main(wanted: readonly string[]): Promise<void> {
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });
  const server = await preview({ preview: { host: '127.0.0.1', port: 4188 } });
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath === null ? {} : { executablePath }),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  try {
    const baseURL = server.resolvedUrls?.local[0];
    if (baseURL === undefined) throw new Error('the preview server has no address');
    const page = await browser.newPage({ baseURL, viewport: SIZES[0], serviceWorkers: 'block' });
    let release: () => void = () => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    await page.route('**/models/*.safetensors*', async (route) => {
      await held;
      await route.continue().catch(() => {});
    });
    const lift = new LiftPage(page);
    await lift.open();
    const states = statesWith(release);
    const unknown = wanted.filter((name) => !states.some((state) => state.name.includes(name)));
    if (unknown.length > 0) throw new Error(`no state is named ${unknown.join(', ')}`);
    const picked = states.filter(
      ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
    );
    for (const state of states) {
      await page.setViewportSize(SIZES[0]);
      await state.go(lift, page);
      if (picked.includes(state)) await shoot(page, state);
    }
    console.log(
      [...(await writeSheets(browser, picked)), 'index.html'].map((name) => join(OUT, name)).join('\n'),
    );
  } finally {
    await browser.close();
    await server.close();
  }
}

await main(process.argv.slice(2));
