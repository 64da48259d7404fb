import { seriousFindings } from './axe-findings.ts';
import { npyFile } from './fixtures/latents.ts';
import { LiftPage } from './lift-page.ts';
import { expect, test } from './test.ts';

test('the page speaks German where the address asks, Chinese once that is chosen, and remembers it', async ({
  page,
}) => {
  const lift = new LiftPage(page);
  await lift.open({ lang: 'de' }, npyFile(8, 8));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Latents hochskalieren, nicht Pixel.');
  await expect(page.locator('html')).toHaveAttribute('lang', 'de');
  await lift.waitUntilDone(['decode-1']);
  await expect(lift.pane('decode-1').locator('.time')).toContainText(/\d,\d+ m?s|\d+ ms/);
  await expect(lift.pane('decode-1').locator('.time')).toContainText('Dekodieren');
  // Why the CPU is used: in the reader's language, with the engine's own sentence behind it.
  await expect(page.locator('#device')).toHaveAttribute('title', /^(Dieser Browser|Die ).*\(.*CPU.*\)/);
  // The first picture is shown stretched; what its button saves is the picture itself, and both names say so.
  await expect(lift.pane('decode-1').locator('.title')).toHaveText('Nur vergrößert');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Dekodiert 1× als PNG herunterladen' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/-decode-1\.png$/);
  await page.getByRole('button', { name: 'Tasten und Gesten' }).click();
  await expect(page.getByRole('dialog')).toContainText('Schieber: zwei Bilder mit einer Trennlinie');
  await page.getByRole('dialog').getByRole('button', { name: 'Schließen' }).click();

  await page.getByLabel('Sprache').selectOption('zh');
  await expect(page.getByRole('radio', { name: '并排' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
  expect(new URL(page.url()).searchParams.get('lang')).toBe('zh');
  expect(await seriousFindings(page)).toEqual([]);

  // The address asks for nothing now: what was chosen holds.
  await page.goto('./?demo=none');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('放大潜变量，而不是像素。');
  await page.getByLabel('语言').selectOption('en');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Upscale the latent, not the pixels.');
  await expect(page.getByRole('radio', { name: 'Side by side' })).toBeVisible();
  expect(lift.pageErrors).toEqual([]);
});
