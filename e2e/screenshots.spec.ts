import { textFile } from './fixtures/latents.ts';
import { LiftPage } from './lift-page.ts';
import { type Page, test } from './test.ts';

const SIZES = [
  { width: 390, height: 844 },
  { width: 820, height: 1180 },
  { width: 1440, height: 900 },
] as const;

/** One state at every width and in both themes, into the folder that git ignores. */
async function shoot(page: Page, name: string, fullPage = false): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.evaluate(
        () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
      );
      await page.screenshot({ path: `e2e/artifacts/${name}-${size.width}-${colorScheme}.png`, fullPage });
    }
  }
}

// Pictures to be looked at, not compared.
test('screenshots of every view and state, at three widths, in both themes', async ({ page }) => {
  test.setTimeout(240_000);
  const lift = new LiftPage(page);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/models/*.safetensors*', async (route) => {
    await held;
    await route.continue().catch(() => {});
  });
  await lift.open();
  await lift.pane('decode-1').locator('.preview').waitFor();
  await shoot(page, '1-preview');
  release();
  await lift.pane('lua-4').locator('.running').waitFor({ timeout: 75_000 });
  await shoot(page, '2-running');
  await lift.waitUntilDone();
  await shoot(page, '3-finished');
  await shoot(page, '4-whole-page', true);
  for (const [name, view] of [
    ['5-slider', 'Slider'],
    ['6-lens', 'Lens'],
    ['7-difference', 'Difference'],
    ['8-side', 'Side by side'],
  ] as const) {
    await lift.chooseView(view);
    await shoot(page, name);
  }
  await page.locator('ll-toolbar summary').click();
  await shoot(page, '9-baselines-menu');
  await page.keyboard.press('Escape');
  for (const [name, button] of [
    ['10-about', 'About'],
    ['11-help', 'Keys and gestures'],
  ] as const) {
    await page.getByRole('button', { name: button, exact: true }).click();
    await page.getByRole('dialog').waitFor();
    await shoot(page, name);
    await page.getByRole('button', { name: 'Close' }).click();
  }
  await lift.drop(textFile());
  await page.locator('ll-status .error').waitFor();
  await shoot(page, '12-refused');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await lift.chooseFact('family', 'sana');
  await shoot(page, '13-no-weights', true);
});
