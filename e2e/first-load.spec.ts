import { LiftPage } from './lift-page.ts';
import { expect, test } from './test.ts';

test.describe('the first load', () => {
  test('shows three finished panes of the first demo, at H, 2H and 4H pixels, with timings', async ({
    page,
  }) => {
    const lift = new LiftPage(page);
    await lift.open();
    await lift.waitUntilDone();
    const base = await lift.bitmapSize('decode-1');
    expect(base.width).toBeGreaterThanOrEqual(256);
    expect(await lift.bitmapSize('lua-2')).toEqual({ width: 2 * base.width, height: 2 * base.height });
    expect(await lift.bitmapSize('lua-4')).toEqual({ width: 4 * base.width, height: 4 * base.height });
    for (const key of ['decode-1', 'lua-2', 'lua-4']) {
      const { cold } = await lift.timings(key);
      expect(cold).toHaveLength(4);
      for (const figure of cold) expect(figure).toMatch(/^[\d.]+( ms| s)?$/);
      await expect(lift.pane(key).locator('.size')).toHaveText(/\d+ × \d+ px/);
    }
    const colour = await lift.colourAt('lua-4', 0.5, 0.5);
    expect(colour[3]).toBe(255);
    expect(lift.pageErrors).toEqual([]);
  });

  test('paints 1x while 4x still runs', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open();
    await expect(lift.pane('decode-1')).toHaveAttribute('data-phase', 'done', { timeout: 75_000 });
    await expect(lift.pane('lua-4')).not.toHaveAttribute('data-phase', 'done');
    await lift.waitUntilDone();
  });

  test('offers at least six demos, each with a picture and a name', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open();
    const demos = page.locator('#demos').getByRole('button');
    await expect.poll(() => demos.count()).toBeGreaterThanOrEqual(6);
    const second = demos.nth(1);
    const name = await second.getAttribute('data-id');
    await second.click();
    await expect(lift.latentName).toHaveText(new RegExp(`${name}`));
    await expect(second).toHaveAttribute('aria-current', 'true');
  });

  test('does not jump, and never holds up the page for long', async ({ page }) => {
    await page.addInitScript(() => {
      const seen = { shift: 0, sources: [] as string[], longest: 0, paint: 0 };
      Object.assign(window, { seen });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & {
          value: number;
          hadRecentInput: boolean;
          sources: { node: Node | null }[];
        })[]) {
          if (entry.hadRecentInput) continue;
          seen.shift += entry.value;
          for (const { node } of entry.sources) {
            seen.sources.push(
              `${entry.value.toFixed(4)} ${(node as Element | null)?.nodeName} ${(node as Element | null)?.className}`,
            );
          }
        }
      }).observe({ type: 'layout-shift', buffered: true });
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) seen.longest = Math.max(seen.longest, duration);
      }).observe({ type: 'longtask', buffered: true });
      new PerformanceObserver((list) => {
        for (const { name, startTime } of list.getEntries()) {
          if (name === 'first-contentful-paint') seen.paint = startTime;
        }
      }).observe({ type: 'paint', buffered: true });
    });
    const lift = new LiftPage(page);
    await lift.open();
    // Tasks before the first picture are the page's own start; from here on it has to stay out of the way.
    await expect(lift.pane('decode-1').locator('.preview')).toBeVisible();
    const start = await page.evaluate(() => {
      const { seen } = window as unknown as { seen: { longest: number; paint: number } };
      const { longest } = seen;
      seen.longest = 0;
      return { longest, paint: seen.paint };
    });
    await lift.waitUntilDone();
    const seen = await page.evaluate(
      () => (window as unknown as { seen: { shift: number; longest: number; sources: string[] } }).seen,
    );
    console.log(
      `first contentful paint ${start.paint.toFixed(0)} ms, layout shift ${seen.shift.toFixed(4)}, longest task: start ${start.longest.toFixed(0)} ms, while decoding ${seen.longest.toFixed(0)} ms`,
    );
    expect(seen.shift, seen.sources.join('\n')).toBeLessThan(0.02);
    expect(seen.longest, 'a main-thread task while a decode runs, ms').toBeLessThan(100);
  });

  test('fetches one runtime and at most 150 kB of script', async ({ page }) => {
    const scripts = new Map<string, number>();
    const runtimes: string[] = [];
    page.on('response', async (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.endsWith('.wasm')) runtimes.push(pathname);
      if (!pathname.endsWith('.js')) return;
      const body = await response.body().catch(() => Buffer.alloc(0));
      scripts.set(pathname, (await gzip(body)).byteLength);
    });
    const lift = new LiftPage(page);
    await lift.open();
    await expect(lift.pane('decode-1')).toHaveAttribute('data-phase', 'done', { timeout: 75_000 });
    const bytes = [...scripts.values()].reduce((sum, size) => sum + size, 0);
    console.log(
      `first-load script: ${bytes} bytes gzip in ${scripts.size} files; runtimes: ${runtimes.join(', ')}`,
    );
    expect(new Set(runtimes).size).toBe(1);
    expect(bytes).toBeLessThanOrEqual(150_000);
  });
});

async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const { gzipSync } = await import('node:zlib');
  return gzipSync(bytes);
}
