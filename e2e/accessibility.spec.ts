import AxeBuilder from '@axe-core/playwright';
import { VIEWS } from '../src/ui/stage/views/index.ts';
import { npyFile, textFile } from './fixtures/latents.ts';
import { photo } from './fixtures/pictures.ts';
import { LiftPage } from './lift-page.ts';
import { expect, type Page, test } from './test.ts';

const SCHEMES = ['light', 'dark'] as const;

/** Serious and critical findings in both themes, a line each. */
async function findings(page: Page): Promise<string[]> {
  const lines: string[] = [];
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    // A colour read on its way from one theme to the other belongs to neither.
    await page.waitForFunction(
      () => !document.getAnimations().some((animation) => animation instanceof CSSTransition),
    );
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    lines.push(
      ...serious.flatMap(({ id, nodes }) =>
        nodes.map(
          ({ target, failureSummary }) => `${colorScheme}: ${id}: ${target.join(' ')} ${failureSummary}`,
        ),
      ),
    );
  }
  return lines;
}

test('axe-core finds nothing serious in any state, light or dark', async ({ page }) => {
  test.slow();
  const lift = new LiftPage(page);
  await page.route('**/models/*.safetensors', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue().catch(() => {});
  });
  await lift.open({}, npyFile(16, 16));
  await expect(lift.pane('decode-1').locator('.preview')).toBeVisible();
  expect(await findings(page), 'loading').toEqual([]);
  const last = lift.pane('lua-4');
  await expect(last).toHaveAttribute('data-phase', /running|held/, { timeout: 75_000 });
  // Where it would take long it waits for a click.
  if ((await last.getAttribute('data-phase')) === 'held') {
    expect(await findings(page), 'held').toEqual([]);
  }
  await lift.waitUntilRunning('lua-4');
  expect(await findings(page), 'running').toEqual([]);
  await lift.waitUntilDone();
  expect(await findings(page), 'finished').toEqual([]);
  // The first view is what was looked at so far.
  for (const { title } of VIEWS.slice(1)) {
    await lift.chooseView(title);
    expect(await findings(page), title).toEqual([]);
  }
  await lift.chooseView('Side by side');
  await page.getByText('Channels and values').click({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Table' }).click();
  await page.locator('ll-toolbar summary').click();
  expect(await findings(page), 'table and menu').toEqual([]);
  await page.keyboard.press('Escape');
  await lift.drop(textFile());
  await expect(page.locator('ll-status .error')).toBeVisible();
  expect(await findings(page), 'refused').toEqual([]);
  await page.getByRole('button', { name: 'Dismiss' }).click();
  for (const name of ['About', 'Keys and gestures']) {
    await page.getByRole('button', { name, exact: true }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    expect(await findings(page), name).toEqual([]);
    await page.getByRole('button', { name: 'Close' }).click();
  }
  await lift.chooseFact('family', 'sana');
  await expect(lift.pane('lua-4')).toHaveAttribute('data-phase', 'missing');
  expect(await findings(page), 'no weights').toEqual([]);
  await lift.drop(await photo(page, 64, 64, 'image/png', 'photo.png'));
  await expect(lift.latentName).toHaveText('photo.png');
  await lift.cancelButton.click();
  expect(await findings(page), 'stopped').toEqual([]);
});

test('the empty page has its regions and controls before any script runs', async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(test.info().project.use.baseURL ?? '');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  for (const name of ['Comparison', 'Timings', /^Latent/]) {
    await expect(page.getByRole('region', { name })).toBeAttached();
  }
  await expect(page.getByRole('button', { name: 'Open latent or picture' })).toBeVisible();
  await context.close();
});
