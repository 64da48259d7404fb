import { npyFile } from './fixtures/latents.ts';
import { LiftPage } from './lift-page.ts';
import { expect, type Page, test } from './test.ts';

const latent = npyFile(8, 8);
const query = { view: 'blink', a: 'decode-1', b: 'lua-2' };

/** What the screen shows at this moment, by pane. */
const shown = (page: Page): Promise<string[]> =>
  page
    .locator('ll-compare')
    .evaluate((compare) =>
      [...(compare.shadowRoot?.querySelectorAll<HTMLElement>('.layer') ?? [])]
        .filter((layer) => getComputedStyle(layer).visibility === 'visible')
        .map((layer) => layer.dataset['shows'] ?? ''),
    );

/** How often the shown picture changes within `ms`, and whether it was one picture at every moment. */
const flips = (page: Page, ms: number): Promise<{ flips: number; isOne: boolean }> =>
  page.locator('ll-compare').evaluate(async (compare, limit) => {
    const seen: string[] = [];
    const began = performance.now();
    while (performance.now() - began < limit) {
      const visible = [...(compare.shadowRoot?.querySelectorAll<HTMLElement>('.layer') ?? [])].filter(
        (layer) => getComputedStyle(layer).visibility === 'visible',
      );
      seen.push(visible.map((layer) => layer.dataset['shows']).join(' and '));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return {
      flips: seen.filter((each, index) => index > 0 && each !== seen[index - 1]).length,
      isOne: seen.every((each) => each === 'decode-1' || each === 'lua-2'),
    };
  }, ms);

test.describe('blink', () => {
  test('is reached by its key, which shows the second picture as long as it is held', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({ a: 'decode-1', b: 'lua-2' }, latent);
    await page.locator('ll-compare').focus();
    await page.keyboard.down('b');
    await expect.poll(() => shown(page)).toEqual(['lua-2']);
    await page.keyboard.down('b');
    await expect.poll(() => shown(page)).toEqual(['lua-2']);
    await page.keyboard.up('b');
    await expect.poll(() => shown(page)).toEqual(['decode-1']);
    await expect.poll(() => page.url()).toContain('view=blink');
  });

  test('never flips by itself for a person who wants less motion, but by hand', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({ ...query, blink: '250' }, latent);
    await expect.poll(() => shown(page)).toEqual(['decode-1']);
    expect(await flips(page, 900)).toEqual({ flips: 0, isOne: true });
    await expect(page.getByText('Reduced motion: flip by hand')).toBeVisible();
    const flip = page.getByRole('checkbox', { name: 'Show B, LUA 2×' });
    await flip.check();
    await expect.poll(() => shown(page)).toEqual(['lua-2']);
    await flip.uncheck();
    await expect.poll(() => shown(page)).toEqual(['decode-1']);
  });

  test('copies a figure of both pictures side by side', async ({ page, context }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const lift = new LiftPage(page);
    await lift.open({ ...query, panes: 'decode-1,lua-2' }, latent);
    await expect(page.locator('figure')).toHaveAttribute('data-phase', 'done', { timeout: 75_000 });
    await lift.tool('Copy figure').click();
    await expect(lift.status).toHaveText(/figure is on the clipboard/);
    const width = await page.evaluate(async () => {
      const [item] = await navigator.clipboard.read();
      return (await createImageBitmap(await (item as ClipboardItem).getType('image/png'))).width;
    });
    expect(width).toBe(2 * 800 + 24 + 2 * 32);
  });

  test.describe('where motion is welcome', () => {
    test.use({ contextOptions: { reducedMotion: 'no-preference' } });

    test('flips at the chosen pace, one picture at a time, until it is held or set to by hand', async ({
      page,
    }) => {
      const lift = new LiftPage(page);
      await lift.open({ ...query, blink: '250' }, latent);
      await expect(page.locator('figure')).toHaveAttribute('data-phase', 'done', { timeout: 75_000 });
      await expect(page.getByText('Reduced motion: flip by hand')).toBeHidden();
      const free = await flips(page, 2000);
      expect(free.isOne).toBe(true);
      expect(free.flips).toBeGreaterThanOrEqual(5);
      expect(free.flips, 'four changes a second').toBeLessThanOrEqual(9);
      await page.getByRole('checkbox', { name: 'Show B, LUA 2×' }).check();
      expect(await flips(page, 700)).toEqual({ flips: 0, isOne: true });
      expect(await shown(page)).toEqual(['lua-2']);
      await page.getByRole('checkbox', { name: 'Show B, LUA 2×' }).uncheck();
      await page.getByLabel('Flip').selectOption({ label: 'by hand' });
      await expect.poll(() => page.url()).toContain('blink=0');
      expect(await flips(page, 700)).toEqual({ flips: 0, isOne: true });
    });
  });

  test.describe('on a touch screen', () => {
    test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

    test('a tap shows the other picture', async ({ page }) => {
      const lift = new LiftPage(page);
      await lift.open(query, latent);
      await expect(lift.status).toHaveText(/ready/, { timeout: 60_000 });
      await expect.poll(() => shown(page)).toEqual(['decode-1']);
      await page.getByRole('checkbox', { name: 'Show B, LUA 2×' }).tap();
      await expect.poll(() => shown(page)).toEqual(['lua-2']);
      await page.getByRole('checkbox', { name: 'Show B, LUA 2×' }).tap();
      await expect.poll(() => shown(page)).toEqual(['decode-1']);
    });
  });
});
