import { readFileSync } from 'node:fs';
import { writeSafetensors } from '../src/core/container/write-safetensors.ts';
import { readGolden } from '../src/core/networks/golden.ts';
import type { TestFile } from './fixtures/latents.ts';
import { LiftPage } from './lift-page.ts';
import { expect, test } from './test.ts';

const golden = readGolden(
  new Uint8Array(
    readFileSync(new URL('../src/core/networks/fixtures/interposer-v3-xl.safetensors', import.meta.url)),
  ),
);
const interposer: TestFile = {
  name: 'v3-to-xl_interposer-v4.0.safetensors',
  bytes: new Uint8Array(writeSafetensors([...golden.state.values()])),
};
const latent: TestFile = {
  name: 'portrait.safetensors',
  bytes: new Uint8Array(
    writeSafetensors([{ ...golden.tensor('interposer.input'), name: 'latent' }], {
      family: 'sd3',
      space: 'raw',
    }),
  ),
};

test('a dropped interposer puts a button over its latents, which opens the converted one beside it', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const lift = new LiftPage(page);
  await lift.open({ panes: 'decode-1', backend: 'wasm' });
  await lift.drop(latent);
  await expect(lift.latentName).toHaveText(latent.name);
  await lift.drop(interposer);
  const bar = page.locator('ll-item-bar');
  const button = bar.getByRole('button', { name: 'Convert to SDXL' });
  await expect(button).toBeVisible();
  for (const each of await bar.getByRole('button').all()) {
    const box = await each.boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 999), await each.innerText()).toBeLessThanOrEqual(374);
  }
  await button.click();
  await expect(lift.latentName).toHaveText('portrait, SD 3 to SDXL.safetensors', { timeout: 60_000 });
  await expect(lift.fact('family').locator('select')).toHaveValue('sdxl');
  await expect(page.locator('ll-facts')).toContainText(
    `made of a latent of Stable Diffusion 3 by ${interposer.name}`,
  );
  await expect(page.locator('ll-strip .thumb')).toHaveCount(2);
  expect(lift.pageErrors).toEqual([]);
});
