import { readFileSync } from 'node:fs';
import { unzipSync } from 'fflate';
import { readPng8 } from '../src/core/container/png8.ts';
import type { FileTensor } from '../src/core/container/tensor.ts';
import { toFloat32 } from '../src/core/container/to-float32.ts';
import { writeSafetensors } from '../src/core/container/write-safetensors.ts';
import { readGolden } from '../src/core/networks/golden.ts';
import type { TestFile } from './fixtures/latents.ts';
import { LiftPage } from './lift-page.ts';
import { ModelsPage } from './models-page.ts';
import { expect, test } from './test.ts';

const golden = readGolden(
  new Uint8Array(
    readFileSync(new URL('../src/core/networks/fixtures/taehv-clip.safetensors', import.meta.url)),
  ),
);
const decoder: TestFile = {
  name: 'taew2_1_toy.safetensors',
  bytes: new Uint8Array(writeSafetensors([...golden.state.values()])),
};
const [FRAMES, CHANNELS, HEIGHT, WIDTH] = [3, 16, 2, 3];

/** Wan's latent [1,16,3,2,3], as pipelines write it: the golden holds the frames one after the other. */
function clip(): TestFile {
  const frames = toFloat32(golden.tensor('decoder.input'));
  const plane = HEIGHT * WIDTH;
  const data = new Float32Array(frames.length);
  for (let t = 0; t < FRAMES; t += 1) {
    for (let c = 0; c < CHANNELS; c += 1) {
      const from = (t * CHANNELS + c) * plane;
      data.set(frames.subarray(from, from + plane), (c * FRAMES + t) * plane);
    }
  }
  const shape = [1, CHANNELS, FRAMES, HEIGHT, WIDTH];
  const tensor: FileTensor = { name: 'latent', dtype: 'F32', shape, bytes: new Uint8Array(data.buffer) };
  const told = { family: 'wan', space: 'model', axes: 'bcthw' };
  return { name: 'walk.safetensors', bytes: new Uint8Array(writeSafetensors([tensor], told)) };
}

/** How far a PNG is from PyTorch's picture `index` of the clip, in 8-bit steps. */
function strayed(png: Uint8Array<ArrayBuffer>, index: number): number {
  const picture = readPng8(png).tensors.get('');
  expect(picture?.shape).toEqual([16, 24, 3]);
  const size = 16 * 24;
  const expected = toFloat32(golden.tensor('decoder.output')).subarray(
    index * 3 * size,
    (index + 1) * 3 * size,
  );
  return expected.reduce((most, value, i) => {
    const actual = picture?.bytes[3 * (i % size) + Math.floor(i / size)] ?? Number.NaN;
    return Math.max(most, Math.abs(actual - 255 * value));
  }, 0);
}

test('a video latent is scrubbed picture by picture, each as PyTorch decodes the whole clip, and saved', async ({
  page,
}) => {
  // Browsers under test have no dialog for a place to save to: the ZIP comes as a download.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
  const lift = new LiftPage(page);
  const models = new ModelsPage(page);
  await lift.open({ panes: 'decode-1', backend: 'wasm' });
  await lift.drop(clip());
  await expect(lift.latentName).toHaveText('walk.safetensors');
  const bar = page.locator('ll-item-bar');
  await expect(bar).toContainText('Frame 1 of 3');
  await lift.drop(decoder);
  await models.open();
  await expect(models.added.filter({ hasText: decoder.name })).toContainText('video decoder');
  await models.close();
  await expect(bar).toContainText('Frame 1 of 9');

  await bar.getByRole('slider', { name: 'Frame' }).fill('7');
  await expect(bar).toContainText('Frame 7 of 9');
  await lift.waitUntilDone(['decode-1']);
  const saved = await lift.download(() =>
    lift
      .pane('decode-1')
      .getByRole('button', { name: /^Download .* as PNG$/ })
      .click(),
  );
  expect(saved.name).toBe('walk-frame7-decode-1.png');
  expect(strayed(saved.bytes, 6)).toBeLessThan(1.5);

  await lift.tool('Export…').click();
  await page.getByRole('radio', { name: 'All 9 frames' }).check();
  const zip = await lift.download(() => page.getByRole('button', { name: 'Save 9 pictures as ZIP' }).click());
  const files = unzipSync(zip.bytes);
  for (let index = 0; index < 9; index += 1) {
    const png = files[`walk-frame${index + 1}-decode-1x.png`];
    expect(strayed(new Uint8Array(png ?? []), index)).toBeLessThan(1.5);
  }
  await expect(bar).toContainText('Frame 7 of 9');
  expect(lift.pageErrors).toEqual([]);
});
