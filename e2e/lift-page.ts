import { expect, type Locator, type Page } from '@playwright/test';
import type { LlCompare } from '../src/ui/stage/ll-compare.ts';
import type { TestFile } from './fixtures/latents.ts';

/** What the page shows of one pane, read where a person would. */
export interface PaneFigures {
  readonly cold: readonly string[];
  readonly warm: readonly string[];
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The page as the specs use it: what a person sees and does, without selectors in the specs. */
export class LiftPage {
  readonly #page: Page;
  readonly pageErrors: string[] = [];

  constructor(page: Page) {
    this.#page = page;
    page.on('pageerror', (error) => this.pageErrors.push(String(error)));
  }

  /** Opens the page; with `latent`, that file comes from an address instead of the first demo. */
  async open(query: Readonly<Record<string, string>> = {}, latent: TestFile | null = null): Promise<void> {
    const search = new URLSearchParams(query);
    if (latent !== null) {
      await this.serve(latent);
      search.set('latent', `fixture/${latent.name}`);
    }
    await this.#page.goto(`./${search.size > 0 ? `?${search}` : ''}`);
  }

  async serve(file: TestFile): Promise<void> {
    await this.#page.route(`**/fixture/${file.name}`, (route) =>
      route.fulfill({ body: Buffer.from(file.bytes), contentType: 'application/octet-stream' }),
    );
  }

  pane(key: string): Locator {
    return this.#page.locator(`ll-compare figure[data-pane="${key}"]`);
  }

  get panes(): Locator {
    return this.#page.locator('ll-compare figure');
  }

  get status(): Locator {
    return this.#page.locator('ll-status .text');
  }

  get cancelButton(): Locator {
    return this.#page.locator('ll-status').getByRole('button', { name: 'Cancel' });
  }

  fact(id: string): Locator {
    return this.#page.locator(`ll-facts [data-fact="${id}"]`);
  }

  get latentName(): Locator {
    return this.#page.locator('#latent-name');
  }

  get wipe(): Locator {
    return this.#page.getByRole('slider', { name: 'Wipe between the two pictures' });
  }

  /** Waits for a pane that is being made, which Cancel would stop. */
  async waitUntilRunning(key: string): Promise<void> {
    await this.#ask(key, /running/);
    await expect(this.pane(key)).toHaveAttribute('data-phase', 'running', { timeout: 75_000 });
  }

  /** Waits for a phase; a picture that would take a slow machine long waits for a click, and is asked for. */
  async #ask(key: string, phase: RegExp): Promise<void> {
    const pane = this.pane(key);
    await expect(pane).toHaveAttribute('data-phase', new RegExp(`held|${phase.source}`), { timeout: 75_000 });
    if ((await pane.getAttribute('data-phase')) !== 'held') return;
    await pane.getByRole('button', { name: 'Render anyway' }).click();
  }

  /** Waits for finished pictures; a pane that fails ends the wait with its own sentence. */
  async waitUntilDone(keys: readonly string[] = ['decode-1', 'lua-2', 'lua-4']): Promise<void> {
    for (const key of keys) {
      const pane = this.pane(key);
      await this.#ask(key, /done|failed|missing/);
      // The phase that ends the waiting is the one that is judged: the picture before may have been done a moment longer.
      let phase = '';
      await expect
        .poll(
          async () => {
            phase = (await pane.getAttribute('data-phase')) ?? '';
            return phase;
          },
          { timeout: 75_000 },
        )
        .toMatch(/done|failed|missing/);
      const notes = phase === 'done' ? [] : await pane.locator('.note').allTextContents();
      expect(phase, `${key}: ${notes.join(' ').trim()}`).toBe('done');
    }
  }

  /** Size of the bitmap that a pane draws, in pixels. */
  bitmapSize(key: string): Promise<{ width: number; height: number }> {
    return this.#page.locator('ll-compare').evaluate((compare, wanted) => {
      const { cards } = compare as LlCompare;
      const bitmap = cards.find((card) => card.key === wanted)?.drawing?.bitmap;
      return { width: bitmap?.width ?? 0, height: bitmap?.height ?? 0 };
    }, key);
  }

  /** Starts a stopwatch: what it gives resolves to the page's milliseconds from the next drop to a pane's bitmap of `width`. */
  async timeNextBitmap(key: string, width: number): Promise<() => Promise<number>> {
    const stopwatch = await this.#page.locator('ll-compare').evaluateHandle(
      (compare, wanted) => {
        const elapsed = new Promise<number>((resolve) => {
          function watch(since: number): void {
            const card = (compare as LlCompare).cards.find((each) => each.key === wanted.key);
            if (card?.drawing?.bitmap.width === wanted.width) resolve(performance.now() - since);
            else requestAnimationFrame(() => watch(since));
          }
          addEventListener('drop', () => watch(performance.now()), { capture: true, once: true });
        });
        return { elapsed };
      },
      { key, width },
    );
    return () => stopwatch.evaluate(({ elapsed }) => elapsed);
  }

  async timings(key: string): Promise<PaneFigures> {
    const texts = async (run: 'cold' | 'warm'): Promise<readonly string[]> => {
      const words = (await this.timingRow(key, run).getAttribute('title')) ?? '';
      return [...words.matchAll(/(?:Upscale|Decode|Draw|total) ([\d.]+(?: ms| s)?)/g)].map(
        ([, ms]) => ms ?? '',
      );
    };
    return { cold: await texts('cold'), warm: await texts('warm') };
  }

  /** The bar of a pane's first runs or of its repeats. */
  timingRow(key: string, run: 'cold' | 'warm'): Locator {
    return this.#page.locator(`ll-timings [data-row="${key}-${run}"]`);
  }

  /** Waits until the page has repeated what it had run once, and rests. */
  async waitUntilRepeated(keys: readonly string[] = ['decode-1', 'lua-2', 'lua-4']): Promise<void> {
    for (const key of keys) {
      await expect(this.timingRow(key, 'warm').locator('.figure')).toHaveText(/\d/, { timeout: 75_000 });
    }
  }

  /** Drops files on the window, as from the desktop. */
  async drop(...files: readonly TestFile[]): Promise<void> {
    const data = await this.#page.evaluateHandle(
      (list) => {
        const transfer = new DataTransfer();
        for (const { name, content } of list) {
          const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
          transfer.items.add(new File([bytes], name));
        }
        return transfer;
      },
      files.map(({ name, bytes }) => ({ name, content: base64(bytes) })),
    );
    await this.#page.dispatchEvent('body', 'dragover', { dataTransfer: data });
    await this.#page.dispatchEvent('body', 'drop', { dataTransfer: data });
  }

  async chooseFiles(...files: readonly TestFile[]): Promise<void> {
    await this.#page.locator('#files').setInputFiles(
      files.map(({ name, bytes }) => ({
        name,
        mimeType: 'application/octet-stream',
        buffer: Buffer.from(bytes),
      })),
    );
  }

  async chooseView(title: string): Promise<void> {
    await this.#page.locator('ll-toolbar').getByRole('radio', { name: title }).check({ force: true });
  }

  tool(name: string): Locator {
    return this.#page.locator('ll-toolbar').getByRole('button', { name, exact: true });
  }

  async chooseFact(id: string, value: string): Promise<void> {
    await this.fact(id).locator('select').selectOption(value);
  }

  /** Colour that a pane's canvas has at a place given in parts of its width and height. */
  colourAt(key: string, x: number, y: number): Promise<readonly number[]> {
    return this.pane(key)
      .locator('ll-picture')
      .first()
      .evaluate(
        (picture, at) => {
          const canvas = picture.shadowRoot?.querySelector('canvas');
          const context = canvas?.getContext('2d');
          if (!canvas || !context) return [];
          return [
            ...context.getImageData(Math.floor(at.x * canvas.width), Math.floor(at.y * canvas.height), 1, 1)
              .data,
          ];
        },
        { x, y },
      );
  }

  /** Runs `act` and reads the file that the page hands to the browser. */
  async download(act: () => Promise<void>): Promise<{ name: string; bytes: Uint8Array<ArrayBuffer> }> {
    const [download] = await Promise.all([this.#page.waitForEvent('download'), act()]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    return { name: download.suggestedFilename(), bytes: new Uint8Array(Buffer.concat(chunks)) };
  }
}
