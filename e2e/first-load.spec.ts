import { LiftPage } from './lift-page.ts';
import { expect, test } from './test.ts';

test.describe('the first load', () => {
  test('shows the first demo at H, 2H and 4H pixels with timings, 1x while 4x still runs', async ({
    page,
  }) => {
    const lift = new LiftPage(page);
    await lift.open();
    await expect(lift.pane('decode-1')).toHaveAttribute('data-phase', 'done', { timeout: 75_000 });
    await expect(lift.pane('lua-4')).not.toHaveAttribute('data-phase', 'done');
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

  test('does not jump, and never holds up the page while a decode runs', { tag: '@alone' }, async ({
    page,
    browser,
  }) => {
    await page.addInitScript(() => {
      const seen = { shift: 0, sources: [] as string[], paint: 0 };
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
            const element = node as Element | null;
            seen.sources.push(`${entry.value.toFixed(4)} ${element?.nodeName} ${element?.className}`);
          }
        }
      }).observe({ type: 'layout-shift', buffered: true });
      new PerformanceObserver((list) => {
        for (const { name, startTime } of list.getEntries()) {
          if (name === 'first-contentful-paint') seen.paint = startTime;
        }
      }).observe({ type: 'paint', buffered: true });
    });
    const lift = new LiftPage(page);
    await lift.open();
    // Tasks before the first preview are the page's own start; from there on it has to stay out of the way.
    await lift.pane('decode-1').locator('.preview').waitFor();
    await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline', '__metadata'] });
    await lift.waitUntilDone();
    const seen = await page.evaluate(
      () => (window as unknown as { seen: { shift: number; paint: number; sources: string[] } }).seen,
    );
    console.log(`first contentful paint ${seen.paint.toFixed(0)} ms, layout shift ${seen.shift.toFixed(4)}`);
    expect(seen.shift, seen.sources.join('\n')).toBeLessThan(0.02);
    const tasks = mainThreadTasks(await browser.stopTracing());
    const [longest] = tasks.toSorted((a, b) => b.cpuMs - a.cpuMs);
    console.log(
      `longest of ${tasks.length} main-thread tasks while decoding: ${longest?.cpuMs.toFixed(0)} ms of work, ${longest?.wallMs.toFixed(0)} ms by the clock`,
    );
    // Work, not the clock: the decode keeps every core busy, and a machine with few of them lets the page wait its turn.
    expect(longest?.cpuMs).toBeLessThan(100);
    expect(tasks.length).toBeGreaterThan(20);
  });

  test('fetches one runtime and at most 130 kB of script before the first picture', async ({ page }) => {
    const scripts = new Map<string, number>();
    const runtimes: string[] = [];
    page.on('response', async (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.endsWith('.wasm')) runtimes.push(pathname);
      // The worker that measures finished pictures comes with the first of them, which does not wait for it.
      if (!pathname.endsWith('.js') || /\/picture[.-]/.test(pathname)) return;
      const body = await response.body().catch(() => Buffer.alloc(0));
      scripts.set(pathname, (await gzip(body)).byteLength);
    });
    const lift = new LiftPage(page);
    // LUA and its script come behind the first picture (src/app/run/next-task.test.ts): no other is asked for, so that none is counted.
    await lift.open({ panes: 'decode-1' });
    await expect(lift.pane('decode-1')).toHaveAttribute('data-phase', 'done', { timeout: 75_000 });
    const bytes = [...scripts.values()].reduce((sum, size) => sum + size, 0);
    console.log(
      `first-load script: ${bytes} bytes gzip in ${scripts.size} files; runtimes: ${runtimes.join(', ')}`,
    );
    expect(new Set(runtimes).size).toBe(1);
    expect(bytes).toBeLessThanOrEqual(130_000);
  });
});

async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const { gzipSync } = await import('node:zlib');
  return gzipSync(bytes);
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** The tasks of the busiest page's main thread in a Chromium trace, milliseconds of work (thread time) and by the clock. */
function mainThreadTasks(trace: Buffer): { cpuMs: number; wallMs: number }[] {
  const { traceEvents } = JSON.parse(trace.toString('utf8')) as { traceEvents: TraceEvent[] };
  const mains = traceEvents
    .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
    .map(({ pid, tid }) => `${pid} ${tid}`);
  const byThread = mains.map((thread) =>
    traceEvents
      .filter(({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && `${pid} ${tid}` === thread)
      .map(({ dur = 0, tdur = 0 }) => ({ cpuMs: tdur / 1000, wallMs: dur / 1000 })),
  );
  return byThread.toSorted((a, b) => b.length - a.length)[0] ?? [];
}
