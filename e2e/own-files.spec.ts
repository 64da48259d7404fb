import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNpy } from '../src/core/container/write-npy.ts';
import { findingsIn } from './axe-findings.ts';
import { npyFile, type TestFile, textFile, waves } from './fixtures/latents.ts';
import { photo } from './fixtures/pictures.ts';
import { taef1Like } from './fixtures/weights.ts';
import { LiftPage } from './lift-page.ts';
import { expect, type Page, test } from './test.ts';

const start = npyFile(8, 8, 'start.npy');
const one = { panes: 'decode-1' } as const;

const strip = (page: Page) => page.locator('ll-strip');
const bar = (page: Page) => page.locator('ll-item-bar');
const filesDialog = (page: Page) => page.getByRole('dialog', { name: 'Files' });

async function openFilesDialog(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Folders and recent files' }).click();
  await expect(filesDialog(page)).toBeVisible();
}

/** A batch of three latents whose mean differs. */
function batchFile(): TestFile {
  const { data } = waves(8, 8);
  const all = new Float32Array(3 * data.length);
  for (let index = 0; index < 3; index += 1) {
    all.set(
      data.map((value) => value * (1 - index * 0.25)),
      index * data.length,
    );
  }
  const bytes = new Uint8Array(all.buffer);
  return { name: 'batch.npy', bytes: writeNpy({ dtype: 'F32', shape: [3, 32, 8, 8], bytes }) };
}

test.describe('a person’s own files', () => {
  test('come back after a reload with what was corrected, can be opened again once closed, and are cleared', async ({
    page,
  }) => {
    const lift = new LiftPage(page);
    await lift.open(one);
    await lift.drop(npyFile(8, 8, 'first.npy'), npyFile(8, 9, 'second.npy'), npyFile(9, 8, 'third.npy'));
    await expect(strip(page).locator('.thumb')).toHaveCount(3);
    await strip(page).locator('.thumb').nth(1).click();
    await expect(lift.latentName).toHaveText('second.npy');
    await lift.chooseFact('space', 'raw');
    await page.getByRole('button', { name: 'Remove first.npy' }).click();
    await openFilesDialog(page);
    await expect(filesDialog(page).locator('[data-kept]')).toHaveCount(3);
    await expect(filesDialog(page)).toContainText(/kB kept in this browser/);

    await page.reload();
    await expect(strip(page).locator('.thumb')).toHaveCount(2);
    await expect(lift.latentName).toHaveText('second.npy');
    await expect(lift.fact('space').locator('select')).toHaveValue('raw');
    await lift.waitUntilDone(['decode-1']);

    await openFilesDialog(page);
    await filesDialog(page).getByRole('button', { name: 'first.npy', exact: true }).click();
    await expect(lift.latentName).toHaveText('first.npy');
    await expect(strip(page).locator('.thumb')).toHaveCount(3);

    await openFilesDialog(page);
    await filesDialog(page).getByRole('button', { name: 'Clear all' }).click();
    await expect(filesDialog(page)).toContainText('0 B kept');
    await page.reload();
    await expect(lift.latentName).not.toHaveText('');
    await expect(lift.latentName).not.toHaveText('first.npy');
    await expect(strip(page)).toHaveCount(0);
    expect(lift.pageErrors).toEqual([]);
  });

  test('are not kept where the person said so', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open(one);
    await openFilesDialog(page);
    await filesDialog(page).getByRole('checkbox').uncheck();
    await page.keyboard.press('Escape');
    await lift.drop(start);
    await lift.waitUntilDone(['decode-1']);
    await page.reload();
    await expect(lift.latentName).not.toHaveText('');
    await expect(lift.latentName).not.toHaveText('start.npy');
  });

  test('come by the folder, and what is none of them is named', async ({ page }) => {
    const folder = mkdtempSync(join(tmpdir(), 'latentlift-folder-'));
    for (const { name, bytes } of [npyFile(8, 8, 'b10.npy'), npyFile(8, 8, 'b9.npy'), textFile()]) {
      writeFileSync(join(folder, name), bytes);
    }
    const lift = new LiftPage(page);
    await lift.open(one);
    await openFilesDialog(page);
    await filesDialog(page).getByLabel('Open a folder').setInputFiles(folder);
    await expect(lift.latentName).toHaveText('b9.npy');
    await expect(strip(page).locator('.thumb .name')).toHaveText(['b9.npy', 'b10.npy']);
    await expect(lift.status).toHaveText(
      '1 file of the folder was left out: no latent or picture, or a checkpoint.',
    );
    await page.locator('ll-compare').focus();
    await page.keyboard.press(']');
    await expect(lift.latentName).toHaveText('b10.npy');
    await page.keyboard.press('[');
    await expect(lift.latentName).toHaveText('b9.npy');
  });

  test('stay in sight in the strip, however many there are', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open(one);
    await lift.drop(...Array.from({ length: 24 }, (_, index) => npyFile(8, 8, `${index}.npy`)));
    await expect(strip(page).locator('.thumb')).toHaveCount(24);
    await page.locator('ll-compare').focus();
    for (let index = 0; index < 23; index += 1) {
      await page.keyboard.press(']');
      await expect(lift.latentName).toHaveText(`${index + 1}.npy`);
    }
    await page.evaluate(() => window.scrollTo(0, 0));
    await expect(strip(page).locator('[aria-current="true"]')).toBeInViewport({ ratio: 1 });
  });

  test('that hold a batch show every latent of it, and each keeps its picture', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open(one);
    await lift.drop(batchFile());
    await lift.waitUntilDone(['decode-1']);
    const thumbs = strip(page).locator('.thumb');
    await expect(thumbs).toHaveCount(3);
    await thumbs.nth(2).click();
    await expect(lift.fact('item').locator('select')).toHaveValue('2');
    await lift.waitUntilDone(['decode-1']);
    await thumbs.nth(0).click();
    await expect(lift.pane('decode-1')).toHaveAttribute('data-phase', 'done', { timeout: 500 });
    await expect(page.getByRole('button', { name: /^Remove batch\.npy/ })).toHaveCount(2);
  });

  test('that hold a video are looked at frame by frame', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open(one);
    const name = 'wan-raw-video.npy';
    const golden = new URL(`../src/core/latent/fixtures/${name}`, import.meta.url);
    await lift.drop({ name, bytes: new Uint8Array(readFileSync(golden)) });
    const frame = bar(page).getByRole('slider', { name: 'Frame' });
    await expect(frame).toHaveValue('1');
    await frame.press('End');
    await expect(frame).toHaveAttribute('aria-valuetext', /^Frame (\d+) of \1$/);
    await bar(page).getByRole('button', { name: 'Previous frame' }).click();
    await expect(frame).not.toHaveAttribute('aria-valuetext', /^Frame (\d+) of \1$/);
    await expect(bar(page).getByRole('group', { name: 'Missing weights' })).toContainText('Fetch TAEW2.1');
  });
});

test.describe('a picture', () => {
  test('says how it was reduced, which can be changed, and is measured by one button', async ({ page }) => {
    test.slow();
    const lift = new LiftPage(page);
    await lift.open({ panes: 'decode-1,lua-2' });
    await lift.drop(await photo(page, 800, 600, 'image/png', 'photo.png'));
    await expect(bar(page)).toContainText('800 × 600 px, reduced to 512 × 384');
    await bar(page).getByLabel('Longest side that is encoded').selectOption('256');
    await expect(bar(page)).toContainText('reduced to 256 × 192');
    await lift.waitUntilDone(['decode-1']);
    expect(await lift.bitmapSize('decode-1')).toEqual({ width: 256, height: 192 });
    await bar(page).getByRole('button', { name: 'Measure against the original' }).click();
    await expect(bar(page)).toContainText('then shrunk 2× to 256 × 192 and enlarged back');
    await lift.waitUntilDone(['lua-2', 'pixel-bicubic-2']);
    const row = (key: string) => bar(page).locator(`[data-measured="${key}"] td`);
    await expect(row('lua-2').nth(0)).toHaveText(/^\d\d\.\d\d dB$/, { timeout: 30_000 });
    await expect(row('pixel-bicubic-2').nth(1)).toHaveText(/^0\.\d{3}$/, { timeout: 30_000 });
    await expect(bar(page).locator('tbody .best')).toHaveCount(3);
    expect(await findingsIn(page, 'll-item-bar')).toEqual([]);
    await bar(page).getByRole('button', { name: 'Stop measuring' }).click();
    await expect(lift.pane('reference')).toHaveCount(0);
  });
});

test('a family without weights has one banner with one file to fetch, which then runs at once', async ({
  page,
}) => {
  const address = 'https://raw.githubusercontent.com/madebyollin/taesd/**';
  await page.route(address, (route) =>
    route.fulfill({
      body: Buffer.from(taef1Like().bytes),
      headers: { 'access-control-allow-origin': '*' },
    }),
  );
  const lift = new LiftPage(page);
  await lift.open(one);
  await lift.drop(npyFile(8, 8, 'flux1-latent.npy', 'flux1'));
  const banner = bar(page).getByRole('group', { name: 'Missing weights' });
  await expect(banner).toContainText('No FLUX.1 decoder yet. What you see is a rough preview.');
  await banner.getByRole('button', { name: 'Fetch TAEF1 decoder (about 4.9 MB, MIT)' }).click();
  await expect(lift.pane('decode-1')).toHaveAttribute('data-phase', 'done', { timeout: 75_000 });
  expect(await lift.bitmapSize('decode-1')).toEqual({ width: 64, height: 64 });
  await expect(banner).toContainText('No upscaler for FLUX.1 yet');
  await expect(banner.getByRole('button', { name: /^Fetch SesquiLSR for FLUX\.1/ })).toBeVisible();
  expect(lift.pageErrors).toEqual([]);
});
