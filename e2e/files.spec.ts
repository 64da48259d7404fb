import { readFileSync } from 'node:fs';
import { readSafetensors } from '../src/core/container/safetensors.ts';
import { gate } from '../workers/testing/gate.ts';
import {
  comfyFile,
  npyFile,
  packedFile,
  rawFile,
  safetensorsFile,
  textFile,
  truncatedFile,
} from './fixtures/latents.ts';
import { photo } from './fixtures/pictures.ts';
import { LiftPage } from './lift-page.ts';
import { expect, test } from './test.ts';

const start = npyFile(8, 8, 'start.npy');

test.describe('opening files', () => {
  test('a dropped 16x16 latent and one that is not square', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({}, start);
    await lift.waitUntilDone();
    await lift.drop(npyFile(16, 16, 'square.npy'));
    await expect(lift.latentName).toHaveText('square.npy');
    await lift.waitUntilDone();
    expect(await lift.bitmapSize('lua-4')).toEqual({ width: 512, height: 512 });
    await lift.drop(npyFile(8, 12, 'wide.npy'));
    await expect(lift.latentName).toHaveText('wide.npy');
    await lift.waitUntilDone();
    expect(await lift.bitmapSize('decode-1')).toEqual({ width: 96, height: 64 });
    expect(await lift.bitmapSize('lua-2')).toEqual({ width: 192, height: 128 });
    expect(lift.pageErrors).toEqual([]);
  });

  test('every container of the same latent is understood alike', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({}, start);
    await lift.waitUntilDone(['decode-1']);
    for (const file of [safetensorsFile(8, 8), comfyFile(8, 8), packedFile(8, 8)]) {
      await lift.drop(file);
      await expect(lift.latentName).toHaveText(file.name);
      await expect(lift.fact('family').locator('select')).toHaveValue('flux2');
      await expect(lift.fact('space').locator('select')).toHaveValue('model');
      await lift.waitUntilDone(['decode-1']);
      expect(await lift.bitmapSize('decode-1')).toEqual({ width: 64, height: 64 });
    }
  });

  test('files that torch, numpy and the trainers wrote are understood', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({}, start);
    await lift.waitUntilDone(['decode-1']);
    const golden = new URL('../src/core/latent/fixtures/', import.meta.url);
    for (const [name, family, space] of [
      ['onetrainer.pt', 'flux2', 'raw'],
      ['photo_0192x0128_flux.npz', 'flux1', 'model'],
      ['musubi-flux2.safetensors', 'flux2', 'model'],
      // Four channels in model space: SD1 and SDXL look alike, and the panel says that it guesses.
      ['taesd.png', /^sd(1|xl)$/, 'model'],
    ] as const) {
      await lift.drop({ name, bytes: new Uint8Array(readFileSync(new URL(name, golden))) });
      await expect(lift.latentName).toHaveText(name);
      await expect(lift.fact('family').locator('select')).toHaveValue(family);
      await expect(lift.fact('space').locator('select')).toHaveValue(space);
      if (family === 'flux2') await lift.waitUntilDone(['decode-1']);
      else await expect(lift.pane('decode-1').locator('.preview')).toBeVisible();
    }
    expect(lift.pageErrors).toEqual([]);
  });

  test('a file that is no latent leaves the panes as they were and says why', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({}, start);
    await lift.waitUntilDone();
    await lift.waitUntilRepeated();
    const before = await lift.timings('lua-4');
    for (const file of [textFile(), truncatedFile()]) {
      await lift.drop(file);
      await expect(page.locator('ll-status .error')).toBeVisible();
      await expect(lift.status).toHaveText(/\w+ .*[.!]$/);
      await expect(lift.latentName).toHaveText('start.npy');
      for (const key of ['decode-1', 'lua-2', 'lua-4']) {
        await expect(lift.pane(key)).toHaveAttribute('data-phase', 'done');
      }
      await page.getByRole('button', { name: 'Dismiss' }).click();
      await expect(page.locator('ll-status .error')).toHaveCount(0);
    }
    expect(await lift.timings('lua-4')).toEqual(before);
  });

  test('a second file ends the first', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({}, npyFile(40, 40, 'large.npy'));
    await lift.waitUntilRunning('decode-1');
    await lift.drop(npyFile(8, 8, 'small.npy'));
    await expect(lift.latentName).toHaveText('small.npy');
    await lift.waitUntilDone();
    expect(await lift.bitmapSize('lua-4')).toEqual({ width: 256, height: 256 });
    await expect(lift.status).toHaveText(/small\.npy/);
  });

  test('cancel during 4x keeps what is finished, and it can go on', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({}, npyFile(24, 24, 'medium.npy'));
    await lift.waitUntilRunning('lua-4');
    await lift.cancelButton.click();
    await expect(lift.pane('lua-4')).toHaveAttribute('data-phase', 'stopped', { timeout: 2000 });
    await expect(lift.pane('lua-2')).toHaveAttribute('data-phase', 'done');
    await expect(lift.cancelButton).toBeDisabled();
    await lift.pane('lua-4').getByRole('button', { name: 'Resume' }).click();
    await lift.waitUntilDone();
  });

  test('a wrong guess is corrected in the panel, and the panes follow', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({}, start);
    await lift.waitUntilDone(['decode-1']);
    await lift.drop(rawFile(8, 8));
    await expect(lift.latentName).toHaveText('raw.npy');
    await lift.waitUntilDone(['decode-1']);
    const select = lift.fact('space').locator('select');
    const guess = await select.inputValue();
    const before = await lift.colourAt('decode-1', 0.4, 0.4);
    await select.selectOption(guess === 'raw' ? 'model' : 'raw');
    await expect(lift.fact('space').locator('select')).not.toHaveValue(guess);
    await lift.waitUntilDone(['decode-1']);
    await expect.poll(() => lift.colourAt('decode-1', 0.4, 0.4)).not.toEqual(before);
  });

  test('a family without weights keeps its preview and says which weights are missing', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({}, start);
    await lift.waitUntilDone(['decode-1']);
    await lift.drop(npyFile(16, 16, 'sdxl.npy', 'sdxl'));
    await lift.chooseFact('family', 'sdxl');
    await expect(lift.pane('decode-1')).toHaveAttribute('data-phase', 'missing');
    await expect(lift.pane('decode-1').locator('.note')).toContainText('SDXL');
    await expect(lift.pane('decode-1').locator('.preview')).toBeVisible();
    // A pane's button, be it "Try again", stands at the picture's top: the lower end may lie under the status line or beyond a phone's window.
    const button = await lift.pane('decode-1').locator('.note button').boundingBox();
    const picture = await lift.pane('decode-1').locator('ll-picture').boundingBox();
    const share = ((button?.y ?? Number.NaN) - (picture?.y ?? 0)) / (picture?.height ?? 0);
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThan(0.25);
  });

  test('the preview is there before any model is', async ({ page }) => {
    const lift = new LiftPage(page);
    const weights = gate();
    await page.route('**/models/*.safetensors', async (route) => {
      await weights.opened;
      await route.continue();
    });
    await lift.open();
    await expect(lift.pane('decode-1').locator('.preview')).toBeVisible();
    const previewMs = await lift.timeNextBitmap('lua-4', 8);
    await lift.drop(start);
    await expect(lift.latentName).toHaveText('start.npy');
    console.log(`preview handed to its pane ${(await previewMs()).toFixed(0)} ms after the drop`);
    expect(await lift.bitmapSize('lua-4')).toEqual({ width: 8, height: 8 });
    expect((await lift.colourAt('lua-4', 0.5, 0.5))[3]).toBe(255);
    await expect(lift.pane('decode-1')).not.toHaveAttribute('data-phase', 'done');
    weights.open();
    await lift.waitUntilDone(['decode-1']);
  });

  test('a picture is encoded, and can be the yardstick of its own test', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({}, start);
    await lift.waitUntilDone(['decode-1']);
    await lift.drop(await photo(page, 128, 96, 'image/png', 'photo.png'));
    await expect(lift.latentName).toHaveText('photo.png');
    await lift.waitUntilDone(['decode-1', 'lua-2']);
    expect(await lift.bitmapSize('decode-1')).toEqual({ width: 128, height: 96 });
    await lift.chooseFact('referenceFactor', '2');
    await expect(lift.pane('reference')).toBeVisible();
    await lift.waitUntilDone(['decode-1', 'lua-2']);
    expect(await lift.bitmapSize('lua-2')).toEqual({ width: 128, height: 96 });
    await expect(lift.pane('lua-2').locator('.measured')).toHaveText(/PSNR [\d.]+ dB · SSIM -?[\d.]+/);
  });

  test('pictures of other kinds open as well', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({}, start);
    await lift.waitUntilDone(['decode-1']);
    for (const [type, name] of [
      ['image/jpeg', 'photo.jpg'],
      ['image/webp', 'photo.webp'],
    ] as const) {
      await lift.drop(await photo(page, 64, 64, type, name));
      await expect(lift.latentName).toHaveText(name);
      await lift.waitUntilDone(['decode-1']);
      expect(await lift.bitmapSize('decode-1')).toEqual({ width: 64, height: 64 });
    }
  });

  test('several files make a queue; each can be looked at and removed', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open();
    await lift.chooseFiles(npyFile(8, 8, 'a.npy'), npyFile(8, 9, 'b.npy'), npyFile(9, 8, 'c.npy'));
    const thumbnails = page.locator('#opened .thumb');
    await expect(thumbnails).toHaveCount(3);
    await expect(lift.latentName).toHaveText('a.npy');
    await expect(page.locator('#opened .mark.done')).toHaveCount(3, { timeout: 75_000 });
    await thumbnails.nth(2).click();
    await expect(lift.latentName).toHaveText('c.npy');
    await expect(lift.pane('lua-4')).toHaveAttribute('data-phase', 'done');
    await page.getByRole('button', { name: 'Remove c.npy' }).click();
    await expect(thumbnails).toHaveCount(2);
    await expect(lift.latentName).toHaveText('b.npy');
  });

  test('the 2x latent downloads as ComfyUI reads it', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({}, start);
    await lift.waitUntilDone();
    await page.getByLabel('Size of the latent').selectOption('2');
    await page.getByLabel('File format').selectOption('comfy');
    const file = await lift.download(() => page.getByRole('button', { name: 'Download latent' }).click());
    expect(file.name).toBe('start-x2.latent');
    const { tensors } = readSafetensors(file.bytes);
    expect([...tensors.keys()].sort()).toEqual(['latent_format_version_0', 'latent_tensor']);
    expect(tensors.get('latent_tensor')).toMatchObject({ dtype: 'F32', shape: [1, 128, 8, 8] });
  });

  test('an address that cannot be read is a sentence, and the page goes on', async ({ page }) => {
    const lift = new LiftPage(page);
    await page.route('**/fixture/none.npy', (route) => route.fulfill({ status: 404 }));
    await lift.open({ latent: 'fixture/none.npy' });
    await expect(lift.status).toHaveText(/“none\.npy” could not be fetched.*404/);
    await expect(page.locator('ll-status .error')).toBeVisible();
    await lift.drop(start);
    await lift.waitUntilDone(['decode-1']);
  });

  test('an address can be pasted', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({}, start);
    const pasted = npyFile(8, 8, 'pasted.npy');
    await lift.serve(pasted);
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.setData('text/plain', new URL('fixture/pasted.npy', location.href).href);
      window.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data }));
    });
    await expect(lift.latentName).toHaveText('pasted.npy');
  });
});
