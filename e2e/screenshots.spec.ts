import { test } from '@playwright/test';
import { textFile } from './fixtures/latents.ts';
import { LiftPage } from './lift-page.ts';

const WIDTHS = { 390: 844, 820: 1180, 1440: 900 } as const;

// Pictures to be looked at, not compared: every view and state, at three widths, in both themes.
for (const [width, height] of Object.entries(WIDTHS)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(`${width} px, ${colorScheme}`, () => {
      test.use({ colorScheme, viewport: { width: Number(width), height }, hasTouch: Number(width) < 1000 });

      test('screenshots of every view and state', async ({ page }) => {
        test.setTimeout(180_000);
        const lift = new LiftPage(page);
        const shoot = (name: string, fullPage = false) =>
          page.screenshot({ path: `e2e/artifacts/${name}-${width}-${colorScheme}.png`, fullPage });
        await lift.open();
        await lift.pane('decode-1').locator('.preview').waitFor();
        await shoot('1-preview');
        await lift.pane('lua-4').locator('.running').waitFor({ timeout: 75_000 });
        await shoot('2-running');
        await lift.waitUntilDone();
        await shoot('3-finished');
        await shoot('4-whole-page', true);
        await lift.chooseView('Slider');
        await shoot('5-slider');
        await lift.chooseView('Lens');
        await shoot('6-lens');
        await lift.chooseView('Difference');
        await shoot('7-difference');
        await lift.chooseView('Side by side');
        await page.locator('ll-toolbar summary').click();
        await shoot('8-baselines-menu');
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'About' }).click();
        await shoot('9-about');
        await page.getByRole('button', { name: 'Close' }).click();
        await page.getByRole('button', { name: 'Keys and gestures' }).click();
        await shoot('10-help');
        await page.getByRole('button', { name: 'Close' }).click();
        await lift.drop(textFile());
        await page.locator('ll-status .error').waitFor();
        await shoot('11-refused');
        await lift.chooseFact('family', 'sana');
        await shoot('12-no-weights', true);
      });
    });
  }
}
