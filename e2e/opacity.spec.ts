import { readFileSync } from 'node:fs';
import { readPng8 } from '../src/core/container/png8.ts';
import { toFloat32 } from '../src/core/container/to-float32.ts';
import { writeSafetensors } from '../src/core/container/write-safetensors.ts';
import { readGolden } from '../src/core/networks/golden.ts';
import { LiftPage } from './lift-page.ts';
import { ModelsPage } from './models-page.ts';
import { expect, test } from './test.ts';

const golden = readGolden(
  new Uint8Array(
    readFileSync(new URL('../src/core/networks/fixtures/tiny-decoder-alpha.safetensors', import.meta.url)),
  ),
);
const decoder = {
  name: 'taef1_rgba_decoder.safetensors',
  bytes: new Uint8Array(writeSafetensors([...golden.state.values()])),
};
const latent = {
  name: 'see-through.safetensors',
  bytes: new Uint8Array(
    writeSafetensors([{ ...golden.tensor('decoder.input'), name: 'latent' }], {
      family: 'flux1',
      space: 'model',
    }),
  ),
};

test('a decoder’s fourth channel is the opacity of the picture that is saved', async ({ page }) => {
  const lift = new LiftPage(page);
  const models = new ModelsPage(page);
  await lift.open({ panes: 'decode-1', backend: 'wasm' });
  await lift.drop(latent);
  await expect(lift.latentName).toHaveText(latent.name);
  await lift.drop(decoder);
  await models.open();
  await expect(models.added.filter({ hasText: decoder.name })).toContainText('with opacity');
  await models.close();
  await lift.waitUntilDone(['decode-1']);

  const file = await lift.download(() =>
    lift
      .pane('decode-1')
      .getByRole('button', { name: /^Download .* as PNG$/ })
      .click(),
  );
  const png = readPng8(file.bytes).tensors.get('');
  expect(png?.shape).toEqual([24, 32, 4]);
  // The golden is in float64; the picture is rounded to 8 bits.
  const expected = toFloat32(golden.tensor('decoder.output')).subarray(3 * 24 * 32);
  const alpha = Array.from(expected, (_, i) => png?.bytes[4 * i + 3] ?? Number.NaN);
  const worst = alpha.reduce(
    (most, value, i) =>
      Math.max(most, Math.abs(value - 255 * Math.min(1, Math.max(0, expected[i] as number)))),
    0,
  );
  expect(worst).toBeLessThan(2);
  expect(new Set(alpha).size).toBeGreaterThan(20);
});
