import { LiftPage } from './lift-page.ts';
import { expect, type Page, test } from './test.ts';

const SIZES = [
  { width: 1440, height: 900 },
  { width: 820, height: 1180 },
  { width: 390, height: 844 },
] as const;

/** The part of an element that is on the screen above the status line, 0..1 of its area. */
const visible = (page: Page, selector: string): Promise<number> =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => {
      const box = element.getBoundingClientRect();
      const bottom = document.querySelector('.statusbar')?.getBoundingClientRect().top ?? innerHeight;
      const high = Math.min(box.bottom, bottom) - Math.max(box.top, 0);
      const wide = Math.min(box.right, innerWidth) - Math.max(box.left, 0);
      return (Math.max(0, high) * Math.max(0, wide)) / Math.max(1, box.width * box.height);
    });

for (const size of SIZES) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(`the first screen at ${size.width} px, ${colorScheme}`, () => {
      test.use({ viewport: size, colorScheme });

      test('shows the rival, LUA, the verdict and Open, and nothing jumps', async ({ page }) => {
        await page.addInitScript(() => {
          const seen = { shift: 0, sources: [] as string[] };
          Object.assign(window, { seen });
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries() as (PerformanceEntry & {
              value: number;
              hadRecentInput: boolean;
              sources: { node: Element | null }[];
            })[]) {
              if (entry.hadRecentInput) continue;
              seen.shift += entry.value;
              for (const { node } of entry.sources) {
                seen.sources.push(`${entry.value.toFixed(4)} ${node?.nodeName} ${node?.className ?? ''}`);
              }
            }
          }).observe({ type: 'layout-shift', buffered: true });
        });
        const lift = new LiftPage(page);
        await lift.open();
        await expect(page.locator('.verdict')).toHaveAttribute('data-tone', /better|even|worse/, {
          timeout: 80_000,
        });
        await expect(page.locator('#verdict')).toHaveText(/LUA 2× .* stretching.*\d/);
        expect(await visible(page, '#open')).toBe(1);
        expect(await visible(page, '#verdict')).toBe(1);
        const stage = page.locator('ll-compare');
        if (size.width > 600) {
          await expect(lift.pane('decode-1').locator('.title')).toHaveText('Stretched');
          for (const key of ['decode-1', 'lua-2']) {
            expect(await visible(page, `ll-compare figure[data-pane="${key}"] ll-screen`), key).toBe(1);
          }
        } else {
          await expect(stage.getByLabel('Left picture').locator('option:checked')).toHaveText('Stretched 1×');
          await expect(stage.getByLabel('Right picture').locator('option:checked')).toHaveText('LUA 2×');
          expect(await visible(page, 'll-compare ll-screen')).toBe(1);
        }
        const { shift, sources } = await page.evaluate(
          () => (window as unknown as { seen: { shift: number; sources: string[] } }).seen,
        );
        console.log(`layout shift ${shift.toFixed(4)}`);
        expect(shift, sources.join('\n')).toBeLessThan(0.02);
        expect(lift.pageErrors).toEqual([]);
      });
    });
  }
}

test('a fit, once chosen, holds for the next visit; the detail is one key away', async ({ page }) => {
  const lift = new LiftPage(page);
  await lift.open();
  await lift.waitUntilDone(['decode-1']);
  await expect(page.locator('ll-navigator')).toBeVisible();
  await page.locator('ll-compare').focus();
  await page.keyboard.press('0');
  await expect(page.locator('ll-navigator')).toHaveCount(0);
  await lift.open();
  await lift.waitUntilDone(['decode-1']);
  await expect(page.locator('ll-navigator')).toHaveCount(0);
  await page.locator('ll-compare').focus();
  await page.keyboard.press('2');
  await expect(page.locator('ll-navigator')).toBeVisible();
});

test('the navigator moves every picture, and a held key shows the first in every place', async ({ page }) => {
  const lift = new LiftPage(page);
  await lift.open();
  await lift.waitUntilDone(['decode-1', 'lua-2']);
  const box = await page.locator('ll-navigator').boundingBox();
  if (box === null) throw new Error('the navigator has no box');
  await page.mouse.click(box.x + box.width * 0.7, box.y + box.height * 0.7);
  const views = () =>
    page.locator('ll-compare').evaluate((compare) =>
      [...(compare.shadowRoot?.querySelectorAll('ll-picture') ?? [])].map((picture) => {
        const { view } = picture as unknown as { view: { x: number; y: number } };
        return `${view.x.toFixed(2)} ${view.y.toFixed(2)}`;
      }),
    );
  await expect.poll(async () => new Set(await views())).toEqual(new Set(['0.70 0.70']));
  const pixel = () => lift.colourAt('lua-2', 0.31, 0.52);
  const before = await pixel();
  await page.locator('ll-compare').focus();
  await page.keyboard.down('x');
  await expect.poll(() => lift.colourAt('decode-1', 0.31, 0.52)).toEqual(await pixel());
  await page.keyboard.up('x');
  await expect.poll(pixel).toEqual(before);
});
