import { LiftPage } from './lift-page.ts';
import { expect, test } from './test.ts';

test.describe('the security policy', () => {
  test('stands in the page itself, without unsafe-inline and with WebAssembly as the only code made at run time', async ({
    page,
  }) => {
    await page.goto('./');
    const policy =
      (await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content')) ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe-inline');
    expect(policy.replace("'wasm-unsafe-eval'", '')).not.toContain('unsafe-eval');
  });

  test('forbids what an intruder would try: inline scripts, text as code or markup, workers of other sites', async ({
    browser,
    baseURL,
  }) => {
    // A page of its own: the shared one fails the spec on a violation, which here is the point.
    const page = await browser.newPage();
    try {
      await page.goto(baseURL ?? '');
      const tried = await page.evaluate(async () => {
        // The first step of an evaluation may use eval, whatever the policy; what follows may not.
        await new Promise((resolve) => setTimeout(resolve));
        const holder = globalThis as { intruded?: boolean };
        function outcome(act: () => unknown): string {
          try {
            act();
            return 'allowed';
          } catch {
            return 'refused';
          }
        }
        const script = document.createElement('script');
        const inline = outcome(() => {
          script.textContent = 'globalThis.intruded = true';
          document.body.append(script);
        });
        const answer = {
          markup: outcome(() => {
            document.createElement('div').innerHTML = '<b>text</b>';
          }),
          code: outcome(() => new Function('return 1')()),
          worker: outcome(() => new Worker('https://example.org/worker.js')),
          blob: outcome(() => new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])))),
        };
        return { ...answer, inline: inline === 'refused' || !holder.intruded ? 'refused' : 'allowed' };
      });
      expect(tried).toEqual({
        markup: 'refused',
        code: 'refused',
        worker: 'refused',
        blob: 'refused',
        inline: 'refused',
      });
    } finally {
      await page.close();
    }
  });

  test('lets the progress, the slider and the bars of the timings show', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open();
    await lift.waitUntilDone();
    await lift.chooseView('Slider');
    const wipe = await page
      .locator('ll-compare .stage')
      .evaluate((stage) => (stage as HTMLElement).style.getPropertyValue('--wipe'));
    expect(Number(wipe)).toBeGreaterThan(0);
    const shares = await page
      .locator('ll-timings .span')
      .evaluateAll((spans) =>
        spans.map((span) => Number((span as HTMLElement).style.getPropertyValue('--share'))),
      );
    expect(Math.max(...shares)).toBeGreaterThan(0);
    expect(
      await page
        .locator('ll-timings .span')
        .first()
        .evaluate((span) => span.getBoundingClientRect().width),
    ).toBeGreaterThan(0);
  });
});
