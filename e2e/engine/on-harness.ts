import { type Page, test } from '@playwright/test';
import { buildHarness, missingModels } from './build-harness.ts';
import { type StaticServer, serveStatic } from './static-server.ts';

/**
 * Every test of the calling file starts on the engine harness, without the page, with the released networks or toys of the same shapes, which an
 * emulated GPU compiles sooner; skipped where there are no models or a real GPU is used.
 */
export function onHarness(release: 'models' | 'tiny' = 'models'): void {
  test.skip(missingModels !== null, missingModels ?? '');
  let folder: string;
  let server: StaticServer;

  test.beforeAll(async ({ browserName: _ }, { project }) => {
    test.skip(project.name === 'gpu', 'needs no GPU: run by the project chromium');
    folder = await buildHarness();
  });

  test.beforeEach(async ({ page }) => {
    server = await serveStatic(folder);
    await page.goto(`${server.url}?release=${release}`);
    await page.waitForFunction(() => 'harness' in window);
  });

  test.afterEach(async () => {
    await server.close();
  });
}

/** Cells a side of the self-test's latent: an emulated GPU takes ten seconds to compile what another size needs. */
const TESTED = 8;

/** A small picture from the harness: what made it, and how many values its bytes have (a black one has two). */
export const decodeSmall = (page: Page, side = TESTED) =>
  page.evaluate(async (cells) => {
    const { timings, pixels } = await window.harness.run({
      height: cells,
      width: cells,
      scale: 1,
      method: 'decode',
      wantsPixels: true,
    });
    return { backend: timings.backend, colours: new Set(pixels).size };
  }, side);
