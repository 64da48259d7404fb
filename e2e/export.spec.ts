import { unzipSync } from 'fflate';
import { readSafetensors } from '../src/core/container/safetensors.ts';
import { writeSafetensors } from '../src/core/container/write-safetensors.ts';
import { readPictureText } from '../src/core/latent/picture-text.ts';
import { addPngText } from '../src/core/latent/png-text.ts';
import { findingsIn } from './axe-findings.ts';
import { npyFile, waves } from './fixtures/latents.ts';
import { photo } from './fixtures/pictures.ts';
import { LiftPage } from './lift-page.ts';
import { expect, type Page, test } from './test.ts';

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Export' });

/** Browsers under test have no dialog for a place to save to: the ZIP comes as a download. */
const withoutPicker = (page: Page) =>
  page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));

const COLOUR_TYPE = 25;
const RGB = 2;

test.describe('export', () => {
  test('puts every picture of everything open into a ZIP, made first where it is not there, with a list', async ({
    page,
  }) => {
    await withoutPicker(page);
    const lift = new LiftPage(page);
    await lift.open({ panes: 'decode-1,lua-2' });
    await lift.drop(npyFile(8, 8, 'one.npy'), npyFile(8, 12, 'two.npy'));
    await lift.waitUntilDone(['decode-1', 'lua-2']);
    await lift.tool('Export…').click();
    expect(await findingsIn(page, '#export-dialog')).toEqual([]);
    await dialog(page).getByLabel('Everything open').check();
    const zip = await lift.download(() => dialog(page).getByRole('button', { name: 'as ZIP' }).click());
    expect(zip.name).toBe('latentlift-pictures.zip');
    await expect(dialog(page).getByRole('status')).toHaveText('The ZIP is saved.');
    const files = unzipSync(zip.bytes);
    const list = JSON.parse(new TextDecoder().decode(files['pictures.json']));
    expect(list.pictures.map(({ file }: { file: string }) => file)).toEqual(
      expect.arrayContaining(['one-decode-1x.png', 'one-lua-2x.png', 'two-decode-1x.png', 'two-lua-2x.png']),
    );
    const two = files['two-lua-2x.png'] ?? new Uint8Array(0);
    const header = new DataView(two.buffer, two.byteOffset);
    expect([header.getUint32(16), header.getUint32(20), two[COLOUR_TYPE]]).toEqual([192, 128, RGB]);
    expect(readPictureText(two)).toMatchObject({ Method: 'LUA', Scale: '2×', Source: 'two.npy' });
    const told = list.pictures.find(({ file }: { file: string }) => file === 'two-decode-1x.png');
    expect(told).toMatchObject({ width: 96, height: 64, models: [expect.stringContaining('decoder')] });
    expect(lift.pageErrors).toEqual([]);
  });

  test('writes JPEG and WebP of a chosen quality', async ({ page }) => {
    await withoutPicker(page);
    const lift = new LiftPage(page);
    await lift.open({ panes: 'decode-1' });
    await lift.drop(npyFile(8, 8, 'one.npy'));
    await lift.waitUntilDone(['decode-1']);
    await lift.tool('Export…').click();
    const sizes: number[] = [];
    for (const [label, extension, magic] of [
      ['JPEG', 'jpg', 0xff],
      ['WebP', 'webp', 0x52],
    ] as const) {
      await dialog(page).getByLabel(label).check();
      for (const quality of ['95', '50']) {
        await dialog(page).getByRole('slider').fill(quality);
        const zip = await lift.download(() => dialog(page).getByRole('button', { name: 'as ZIP' }).click());
        const picture = unzipSync(zip.bytes)[`one-decode-1x.${extension}`];
        expect(picture?.[0]).toBe(magic);
        sizes.push(picture?.length ?? 0);
      }
    }
    expect(sizes[1]).toBeLessThan(sizes[0] as number);
    expect(sizes[3]).toBeLessThan(sizes[2] as number);
  });

  test('gives the slider as a film that plays', async ({ page, context }) => {
    const lift = new LiftPage(page);
    await lift.open({ panes: 'decode-1,lua-2' });
    await lift.drop(npyFile(8, 8, 'mine.npy'));
    await lift.waitUntilDone(['decode-1', 'lua-2']);
    await lift.tool('Export…').click();
    const film = await lift.download(() => dialog(page).getByRole('button', { name: /film/ }).click());
    expect(film.name).toBe('mine-slider.webm');
    // The page's own policy plays no films: another page does.
    const cinema = await context.newPage();
    const size = await cinema.evaluate(
      async (bytes) => {
        const video = document.createElement('video');
        video.src = URL.createObjectURL(new Blob([Uint8Array.from(bytes)], { type: 'video/webm' }));
        await new Promise((resolve, reject) => {
          video.onloadeddata = resolve;
          video.onerror = () => reject(new Error(video.error?.message));
        });
        return [video.videoWidth, video.videoHeight];
      },
      [...film.bytes],
    );
    expect(size).toEqual([1024, 1024]);
  });

  test('gives the view as a piece of another page, where no file of the person’s is in it', async ({
    page,
    context,
  }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const lift = new LiftPage(page);
    const latent = npyFile(8, 8, 'linked.npy');
    await lift.open({ panes: 'decode-1' }, latent);
    await lift.waitUntilDone(['decode-1']);
    await lift.tool('Export…').click();
    await dialog(page).getByRole('button', { name: 'Copy embed code' }).click();
    await expect(dialog(page).getByRole('status')).toHaveText('Embed code copied.');
    const code = await page.evaluate(() => navigator.clipboard.readText());
    const address = /src="([^"]+)"/.exec(code)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const embedded = await context.newPage();
    await new LiftPage(embedded).serve(latent);
    await embedded.goto(address);
    await expect(embedded.getByRole('slider', { name: 'Wipe between the two pictures' })).toBeVisible();
    await expect(embedded.getByRole('button', { name: 'Models', exact: true })).toBeHidden();
    await page.keyboard.press('Escape');
    await lift.drop(npyFile(8, 8, 'mine.npy'));
    await expect(lift.latentName).toHaveText('mine.npy');
    await lift.tool('Share').click();
    await expect(lift.status).toHaveText(/^Link copied\. It carries the view, not your file/);
  });

  test('a figure never shows a picture that was not computed', async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const lift = new LiftPage(page);
    // There is no pixel network, so its pane shows the enlarged 1x picture on the screen.
    await lift.open({ panes: 'decode-1,pixel-upscaler-2' });
    await lift.drop(npyFile(8, 8, 'one.npy'));
    await lift.waitUntilDone(['decode-1']);
    await expect(lift.pane('pixel-upscaler-2').locator('.preview')).toBeVisible();
    await lift.tool('Copy figure').click();
    await expect(lift.status).toHaveText(/figure is on the clipboard/);
    const colours = await page.evaluate(async () => {
      const [item] = await navigator.clipboard.read();
      const bitmap = await createImageBitmap(await (item as ClipboardItem).getType('image/png'));
      const paper = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      paper?.drawImage(bitmap, 0, 0);
      // The four quarters of the second picture, away from the words in its middle; its shape is the pane's.
      const height = bitmap.height - 32 - 92 - 40 - 32;
      return [0.2, 0.8].flatMap((x) =>
        [0.2, 0.8].map((y) => [
          ...(paper?.getImageData(32 + 800 + 24 + x * 800, 32 + 92 + y * height, 1, 1).data ?? []),
        ]),
      );
    });
    expect(colours).toEqual(Array.from({ length: 4 }, () => [0xe9, 0xe8, 0xe4, 255]));
  });
});

test.describe('how a file was made', () => {
  const prompt = JSON.stringify({
    3: { class_type: 'KSampler', inputs: { seed: 42, steps: 20 } },
    6: { class_type: 'CLIPTextEncode', inputs: { text: 'a cat on a shelf' } },
  });

  test('is shown for a ComfyUI latent and kept in what is saved of it', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({ panes: 'decode-1' });
    const bytes = new Uint8Array(waves(8, 8).data.buffer);
    const tensors = [{ name: 'latent', dtype: 'F32' as const, shape: [1, 32, 8, 8], bytes }];
    const metadata = { family: 'flux2', space: 'model', prompt, workflow: '{"nodes":[]}' };
    await lift.drop({ name: 'made.safetensors', bytes: writeSafetensors(tensors, metadata) });
    const made = page.locator('ll-generation');
    await expect(made).toContainText('a cat on a shelf');
    await expect(made).toContainText('ComfyUI workflow');
    await lift.waitUntilDone(['decode-1']);
    const png = await lift.download(() =>
      lift
        .pane('decode-1')
        .getByRole('button', { name: /^Download .* as PNG$/ })
        .click(),
    );
    expect(readPictureText(png.bytes)).toMatchObject({
      prompt,
      workflow: '{"nodes":[]}',
      Software: 'LatentLift',
    });
    await page.getByLabel('File format').selectOption('comfy');
    const latent = await lift.download(() => page.getByRole('button', { name: 'Download latent' }).click());
    expect(readSafetensors(latent.bytes).metadata).toMatchObject({ prompt });
    const saved = await lift.download(() =>
      made.getByRole('button', { name: 'Save ComfyUI workflow' }).click(),
    );
    expect(saved.name).toBe('workflow.json');
  });

  test('is shown for a picture of A1111’s', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({ panes: 'decode-1' });
    const parameters = 'a cat\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, Seed: 7';
    const { bytes } = await photo(page, 64, 64, 'image/png', 'photo.png');
    await lift.drop({ name: 'photo.png', bytes: addPngText(bytes, { parameters }) });
    await expect(page.locator('ll-generation dl')).toHaveText(
      /Text\s*a cat\s*Negative\s*blurry\s*Steps\s*20/,
    );
    expect(await findingsIn(page, 'll-generation')).toEqual([]);
  });
});

test('a finished picture stays beside those of another file, and lets itself be blinked against them', async ({
  page,
}) => {
  const lift = new LiftPage(page);
  await lift.open({ panes: 'decode-1' });
  await lift.drop(npyFile(8, 8, 'one.npy'), npyFile(8, 8, 'two.npy', 'flux2'));
  await lift.waitUntilDone(['decode-1']);
  await lift
    .pane('decode-1')
    .getByRole('button', { name: /^Keep .* beside others$/ })
    .click();
  await expect(lift.pane('pin-1')).toContainText('one.npy');
  await page.locator('ll-strip .thumb').nth(1).click();
  await expect(lift.latentName).toHaveText('two.npy');
  await lift.waitUntilDone(['decode-1', 'pin-1']);
  await lift.chooseView('Slider');
  await expect(page.locator('ll-compare').getByLabel('Right picture')).toHaveValue('pin-1');
  await lift.chooseView('Side by side');
  await lift
    .pane('pin-1')
    .getByRole('button', { name: /^Keep .* no longer$/ })
    .click();
  await expect(lift.pane('pin-1')).toHaveCount(0);
});
