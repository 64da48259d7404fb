import { readFileSync } from 'node:fs';
import { readSafetensors } from '../src/core/container/safetensors.ts';
import type { FileTensor } from '../src/core/container/tensor.ts';
import { toFloat32 } from '../src/core/container/to-float32.ts';
import { writeNpy } from '../src/core/container/write-npy.ts';
import { writeSafetensors } from '../src/core/container/write-safetensors.ts';
import { familyById } from '../src/core/families/index.ts';
import { readGolden } from '../src/core/networks/golden.ts';
import { taesdDecoderBytes } from '../workers/testing/tiny-taesd.ts';
import { serveWeights, type WeightsServer } from './engine/weights-server.ts';
import type { TestFile } from './fixtures/latents.ts';
import { LiftPage } from './lift-page.ts';
import { ModelsPage } from './models-page.ts';
import { expect, test } from './test.ts';

const golden = readGolden(
  new Uint8Array(
    readFileSync(new URL('../src/core/networks/fixtures/sesqui-4.safetensors', import.meta.url)),
  ),
);

/** The public files in their own shapes, weights of noise: somebody else's are no part of the project. */
const upscaler: TestFile = {
  name: 'upscaler_SDXL.safetensors',
  bytes: new Uint8Array(writeSafetensors([...golden.state.values()])),
};
const decoder: TestFile = {
  name: 'taesdxl_decoder.safetensors',
  bytes: taesdDecoderBytes({ channels: 4, width: 64, isPooled: false }),
};

const npy = (name: string, { dtype, shape, bytes }: FileTensor): TestFile => ({
  name,
  bytes: new Uint8Array(writeNpy({ dtype, shape, bytes: new Uint8Array(bytes) })),
});

test.describe('SDXL with public weights', () => {
  let server: WeightsServer;

  test.afterEach(() => server.close());

  test('fetched SesquiLSR and TAESDXL show 1x and 2x of a dropped latent, and the 2x latent is PyTorch’s', async ({
    page,
  }) => {
    server = await serveWeights(upscaler, decoder);
    const lift = new LiftPage(page);
    const models = new ModelsPage(page);
    await lift.open({ panes: 'decode-1' });
    await lift.drop(npy('sdxl-sample.npy', golden.tensor('upscaler.input')));
    await expect(lift.fact('family').locator('select')).toHaveValue('sdxl');
    await expect(lift.fact('space').locator('select')).toHaveValue('model');
    await models.open();
    for (const { name } of [decoder, upscaler]) {
      await models.fetch(server.url + name);
      await expect(models.added.filter({ hasText: name })).toHaveCount(1, { timeout: 30_000 });
    }
    await expect(models.added.filter({ hasText: upscaler.name })).toContainText(
      'SesquiLSR, x2, 4 channels (SDXL)',
    );
    await expect(models.slot('sdxl', 'upscaler')).toHaveValue(/^user:/);
    await models.close();

    await page.goto('./');
    await lift.drop(npy('sdxl-sample.npy', golden.tensor('upscaler.input')));
    await lift.waitUntilDone(['decode-1', 'lua-2']);
    expect(await lift.bitmapSize('decode-1')).toEqual({ width: 40, height: 48 });
    expect(await lift.bitmapSize('lua-2')).toEqual({ width: 80, height: 96 });
    await expect(lift.pane('lua-2')).toContainText('SesquiLSR');
    const picture = await lift.download(() =>
      lift.pane('lua-2').getByRole('button', { name: 'Download SesquiLSR 2× as PNG' }).click(),
    );
    expect(picture.name).toBe('sdxl-sample-sesquilsr-2.png');

    await page.getByLabel('Size of the latent').selectOption('2');
    await page.getByLabel('File format').selectOption('comfy');
    const file = await lift.download(() => page.getByRole('button', { name: 'Download latent' }).click());
    expect(file.name).toBe('sdxl-sample-sesquilsr-x2.latent');
    const saved = readSafetensors(file.bytes).tensors.get('latent_tensor');
    expect(saved).toMatchObject({ dtype: 'F32', shape: [1, 4, 12, 10] });
    const { normalisation } = familyById('sdxl');
    const scale = normalisation.kind === 'uniform' ? normalisation.scale : Number.NaN;
    const expected = toFloat32(golden.tensor('upscaler.output.x2'));
    const worst = toFloat32(saved as FileTensor).reduce(
      (most, raw, i) => Math.max(most, Math.abs(raw * scale - (expected[i] ?? Number.NaN))),
      0,
    );
    expect(worst).toBeLessThan(2e-3);
    expect(lift.pageErrors).toEqual([]);
  });
});
