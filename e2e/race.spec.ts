import { npyFile } from './fixtures/latents.ts';
import { pixelNetwork } from './fixtures/weights.ts';
import { LiftPage } from './lift-page.ts';
import { ModelsPage } from './models-page.ts';
import { expect, test } from './test.ts';

test.describe('the race', () => {
  test('offers to add a pixel network where there is none', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({}, npyFile(8, 8));
    await lift.waitUntilDone(['lua-2']);
    await page.locator('#race').click();
    await expect(new ModelsPage(page).panel).toBeVisible();
  });

  test('runs LUA and the pixel network, and its times are those of their panes', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({}, npyFile(8, 8));
    await lift.waitUntilDone(['decode-1', 'lua-2']);
    await lift.drop(pixelNetwork());
    await expect(page.locator('#race')).toHaveAttribute('title', /one after the other/);
    await page.locator('#race').click();
    const race = page.locator('ll-race');
    await expect(race.locator('.bar')).toHaveCount(2);
    await expect(race.getByRole('status')).toHaveText(/is [\d.]+ times as fast as/, { timeout: 75_000 });
    await expect(lift.pane('pixel-upscaler-2').locator('.time')).toHaveText(/decode \+ .* upscale/);
    await expect(page.locator('#verdict')).toHaveText(/the pixel network took/);
    const shares = await race
      .locator('.bar')
      .evaluateAll((bars) => bars.map((bar) => Number(getComputedStyle(bar).getPropertyValue('--share'))));
    expect(Math.max(...shares)).toBe(1);
    expect(Math.min(...shares)).toBeGreaterThan(0);
    await race.getByRole('button', { name: 'Close the race' }).click();
    await expect(race).toHaveCount(0);
  });
});

test('how it works shows the latent before and after LUA, and a channel behind a click', async ({ page }) => {
  const lift = new LiftPage(page);
  await lift.open({}, npyFile(8, 8));
  await lift.waitUntilDone();
  const how = page.locator('ll-how');
  await expect(how).toContainText('Latent, 8 × 8, 32 channels', { timeout: 30_000 });
  await expect(how).toContainText('Picture, 128 × 128 px');
  // A small latent is upscaled once more by itself when the page rests.
  await expect(how).toContainText('Latent, 16 × 16, 32 channels', { timeout: 60_000 });
  await how.getByText('Channels and values').click();
  await how.getByRole('slider', { name: 'Channel' }).press('ArrowRight');
  await expect(how).toContainText(/2 of 32: -?[\d.]+ to [\d.]+, mean/);
});
