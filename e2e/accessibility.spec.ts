import { VIEWS } from '../src/ui/stage/views/index.ts';
import { seriousFindings } from './axe-findings.ts';
import { npyFile, textFile } from './fixtures/latents.ts';
import { photo } from './fixtures/pictures.ts';
import { LiftPage } from './lift-page.ts';
import { expect, test } from './test.ts';

test('axe-core finds nothing serious in any state, light or dark', async ({ page }) => {
  test.slow();
  const lift = new LiftPage(page);
  await page.route('**/models/*.safetensors', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue().catch(() => {});
  });
  await lift.open({}, npyFile(16, 16));
  await expect(lift.pane('decode-1').locator('.preview')).toBeVisible();
  expect(await seriousFindings(page), 'loading').toEqual([]);
  const last = lift.pane('lua-4');
  await expect(last).toHaveAttribute('data-phase', /running|held/, { timeout: 75_000 });
  // Where it would take long it waits for a click.
  if ((await last.getAttribute('data-phase')) === 'held') {
    expect(await seriousFindings(page), 'held').toEqual([]);
  }
  await lift.waitUntilRunning('lua-4');
  expect(await seriousFindings(page), 'running').toEqual([]);
  await lift.waitUntilDone();
  expect(await seriousFindings(page), 'finished').toEqual([]);
  // The first view is what was looked at so far.
  for (const { title } of VIEWS.slice(1)) {
    await lift.chooseView(title);
    expect(await seriousFindings(page), title).toEqual([]);
  }
  await lift.chooseView('Side by side');
  await page.getByText('Channels and values').click({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Table' }).click();
  await page.locator('ll-toolbar summary').click();
  expect(await seriousFindings(page), 'table and menu').toEqual([]);
  await page.keyboard.press('Escape');
  await lift.drop(textFile());
  await expect(page.locator('ll-status .error')).toBeVisible();
  expect(await seriousFindings(page), 'refused').toEqual([]);
  await page.getByRole('button', { name: 'Dismiss' }).click();
  for (const name of ['About', 'Keys and gestures']) {
    await page.getByRole('button', { name, exact: true }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    expect(await seriousFindings(page), name).toEqual([]);
    await page.getByRole('button', { name: 'Close' }).click();
  }
  await lift.chooseFact('family', 'sana');
  await expect(lift.pane('lua-4')).toHaveAttribute('data-phase', 'missing');
  expect(await seriousFindings(page), 'no weights').toEqual([]);
  await lift.drop(await photo(page, 64, 64, 'image/png', 'photo.png'));
  await expect(lift.latentName).toHaveText('photo.png');
  await lift.cancelButton.click();
  expect(await seriousFindings(page), 'stopped').toEqual([]);
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
