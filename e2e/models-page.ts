import { expect, type Locator, type Page } from '@playwright/test';
import type { LlCompare } from '../src/ui/stage/ll-compare.ts';
import type { TestFile } from './fixtures/latents.ts';

/** The models panel as the specs use it. */
export class ModelsPage {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get panel(): Locator {
    return this.#page.locator('ll-models dialog');
  }

  async open(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Models', exact: true }).click();
    await expect(this.panel).toBeVisible();
  }

  async close(): Promise<void> {
    await this.panel.getByRole('button', { name: 'Close' }).click();
    await expect(this.panel).toBeHidden();
  }

  async chooseFile(file: TestFile): Promise<void> {
    await this.panel.locator('input[type="file"]').setInputFiles({
      name: file.name,
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(file.bytes),
    });
  }

  async fetch(address: string): Promise<void> {
    await this.panel.getByLabel('Address of a weights file').fill(address);
    await this.panel.getByRole('button', { name: 'Fetch', exact: true }).click();
  }

  get added(): Locator {
    return this.panel.locator('[data-weights^="user:"]');
  }

  get notice(): Locator {
    return this.panel.locator('.notice[role]');
  }

  slot(family: string, slot: string): Locator {
    return this.panel.locator(`[data-family="${family}"] [data-slot="${slot}"]`);
  }

  /** Files in the weights' folder of the browser's own file system. */
  storedFiles(): Promise<readonly string[]> {
    return this.#page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle('latentlift-weights', { create: true });
      const names: string[] = [];
      for await (const name of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) {
        names.push(name);
      }
      return names.sort();
    });
  }

  /** RGBA bytes of the bitmap that a pane draws. */
  pixels(key: string): Promise<readonly number[]> {
    return this.#page.locator('ll-compare').evaluate((compare, wanted) => {
      const bitmap = (compare as LlCompare).cards.find((card) => card.key === wanted)?.drawing?.bitmap;
      if (bitmap === undefined) return [];
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      context?.drawImage(bitmap, 0, 0);
      return [...(context?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? [])];
    }, key);
  }
}
