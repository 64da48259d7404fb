import { readFileSync } from 'node:fs';
import { seriousFindings } from './axe-findings.ts';
import { serveWeights, type WeightsServer } from './engine/weights-server.ts';
import { npyFile } from './fixtures/latents.ts';
import { hostileWeights, publishedTaef2, taef1Like, taef2Golden, taef2Like } from './fixtures/weights.ts';
import { LiftPage } from './lift-page.ts';
import { ModelsPage } from './models-page.ts';
import { expect, test } from './test.ts';

const flux2 = npyFile(8, 8, 'flux2-latent.npy');
const flux1 = npyFile(8, 8, 'flux1-latent.npy', 'flux1');

test('Fast and Fine decode differently; the choice is in the link and outlives a reload', async ({
  page,
}) => {
  const lift = new LiftPage(page);
  const models = new ModelsPage(page);
  const grade = (name: string) => page.getByRole('button', { name, exact: true });
  await lift.open({ panes: 'decode-1' }, flux2);
  await lift.waitUntilDone(['decode-1']);
  await expect(grade('Fast')).toHaveAttribute('aria-pressed', 'true');
  const fast = await models.pixels('decode-1');
  await grade('Fine').click();
  await expect(grade('Fine')).toHaveAttribute('aria-pressed', 'true');
  await expect(page).toHaveURL(/decoder=fine/);
  await lift.waitUntilDone(['decode-1']);
  const fine = await models.pixels('decode-1');
  expect(fine).not.toEqual(fast);
  await lift.open({ panes: 'decode-1' }, flux2);
  await expect(grade('Fine')).toHaveAttribute('aria-pressed', 'true');
  await lift.waitUntilDone(['decode-1']);
  expect(await models.pixels('decode-1')).toEqual(fine);
  await lift.open({ panes: 'decode-1', decoder: 'fast' }, flux2);
  await lift.waitUntilDone(['decode-1']);
  expect(await models.pixels('decode-1')).toEqual(fast);
});

test.describe('weights of one’s own', () => {
  test.describe('with the network off', () => {
    test.use({ serviceWorkers: 'allow' });

    test('a dropped decoder is recognised, used, still there after a reload offline, and removed', async ({
      page,
      context,
    }) => {
      const lift = new LiftPage(page);
      const models = new ModelsPage(page);
      await lift.open({ panes: 'decode-1' });
      await lift.waitUntilDone(['decode-1']);
      const before = await models.pixels('decode-1');
      await lift.drop(taef2Like());
      await expect(lift.status).toHaveText(
        /^TAEF2 tiny decoder, 32 channels \(FLUX\.2\), .* parameters: added, used for FLUX\.2 latents\.$/,
      );
      await lift.waitUntilDone(['decode-1']);
      const own = await models.pixels('decode-1');
      expect(own).not.toEqual(before);
      await page.waitForFunction(() => customElements.get('ll-models') !== undefined);
      await context.setOffline(true);
      await page.reload();
      await lift.waitUntilDone(['decode-1']);
      expect(await models.pixels('decode-1')).toEqual(own);
      await models.open();
      await expect(models.slot('flux2', 'decoder')).toHaveValue(/^user:/);
      await expect(models.added).toContainText('a file of yours');
      await models.added.getByRole('button', { name: /^Remove/ }).click();
      await expect(models.added).toHaveCount(0);
      expect(await models.storedFiles()).toEqual([]);
      await models.close();
      await lift.waitUntilDone(['decode-1']);
      expect(await models.pixels('decode-1')).toEqual(before);
      expect(lift.pageErrors).toEqual([]);
    });
  });

  test('TAEF2’s published decoder makes PyTorch’s picture of a real latent', async ({ page }) => {
    test.skip(publishedTaef2 === null, 'taef2_decoder.pth is not beside the checkout');
    const { latent, rgb } = taef2Golden();
    const lift = new LiftPage(page);
    const models = new ModelsPage(page);
    await lift.open({}, latent);
    await lift.waitUntilDone(['decode-1']);
    await lift.drop({
      name: 'taef2_decoder.pth',
      bytes: new Uint8Array(readFileSync(publishedTaef2 ?? '')),
    });
    await expect(lift.status).toHaveText(/^TAEF2 tiny decoder.*1\.3\d M parameters: added/);
    await lift.waitUntilDone();
    const pixels = (await models.pixels('decode-1')).filter((_, i) => i % 4 !== 3);
    expect(pixels).toHaveLength(rgb.length);
    const worst = pixels.reduce((most, value, i) => Math.max(most, Math.abs(value - (rgb[i] as number))), 0);
    expect(worst).toBeLessThanOrEqual(1);
  });

  test('weights that are refused say why, and nothing is lost or half-kept', async ({ page }) => {
    const lift = new LiftPage(page);
    const models = new ModelsPage(page);
    await lift.open({}, flux2);
    await lift.waitUntilDone();
    const before = await models.pixels('lua-2');
    await models.open();
    for (const file of hostileWeights()) {
      await models.chooseFile(file);
      await expect(models.notice).toHaveText(file.says);
      await expect(models.notice).toHaveClass(/error/);
    }
    await expect(models.added).toHaveCount(0);
    expect(await models.storedFiles()).toEqual([]);
    await models.close();
    expect(await models.pixels('lua-2')).toEqual(before);
    expect(lift.pageErrors).toEqual([]);
  });
});

test('a file is looked at and kept while a network holds the engine’s thread', async ({ page }) => {
  const lift = new LiftPage(page);
  const models = new ModelsPage(page);
  await lift.open({ panes: 'decode-1' }, flux2);
  await lift.waitUntilDone(['decode-1']);
  const engine = page.workers().find((worker) => worker.url().includes('upscaler.worker'));
  if (engine === undefined) throw new Error('the page has no engine worker');
  let isHeld = true;
  function letGo(): void {
    isHeld = false;
  }
  engine
    .evaluate(() => {
      const end = performance.now() + 45_000;
      while (performance.now() < end);
    })
    .then(letGo, letGo);
  await models.open();
  await models.chooseFile(taef2Like());
  await expect(models.added).toHaveCount(1, { timeout: 30_000 });
  await expect(models.added).toContainText('TAEF2 tiny decoder');
  expect(isHeld).toBe(true);
});

test('the models panel has nothing serious for axe-core, light or dark, and is worked by keyboard alone', async ({
  page,
}) => {
  const lift = new LiftPage(page);
  const models = new ModelsPage(page);
  await lift.open({ panes: 'decode-1' }, flux2);
  await lift.waitUntilDone(['decode-1']);
  await page.getByRole('button', { name: 'Models', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(models.panel).toBeVisible();
  await models.chooseFile(taef2Like());
  await expect(models.added).toHaveCount(1);
  await models.panel.locator('summary').first().click();
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(models.panel).toBeHidden();
  await expect(page.getByRole('button', { name: 'Models', exact: true })).toBeFocused();
});

test.describe('a family without weights', () => {
  let server: WeightsServer;

  test.afterEach(() => server.close());

  test('says which to add; fetched by address with progress, cancel and resume, they are used at once', async ({
    page,
  }) => {
    const weights = taef1Like();
    server = await serveWeights(weights);
    const lift = new LiftPage(page);
    const models = new ModelsPage(page);
    await lift.open({}, flux1);
    await expect(lift.pane('decode-1')).toHaveAttribute('data-phase', 'missing');
    await expect(lift.pane('decode-1')).toContainText(/No FLUX\.1 decoder .* Add one, such as TAEF1 decoder/);
    await lift.pane('decode-1').getByRole('button', { name: 'Add weights' }).click();
    await expect(models.panel).toBeVisible();
    await expect(models.panel.locator('[data-known="lua-flux"]')).toContainText('licence not verified');

    server.manners.pauseMs = 150;
    await models.fetch(server.url + weights.name);
    const bar = models.panel.getByRole('progressbar');
    await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThan(5);
    await models.panel.getByRole('button', { name: `Cancel ${weights.name}` }).click();
    const unfinished = models.panel.locator('[data-unfinished]');
    await expect(unfinished).toContainText(/of .* fetched/);
    await expect(models.added).toHaveCount(0);

    // The page may be closed in between.
    await page.reload();
    await expect(lift.pane('decode-1')).toHaveAttribute('data-phase', 'missing');
    await models.open();
    server.manners.pauseMs = 0;
    await models.panel.getByRole('button', { name: `Resume ${weights.name}` }).click();
    await expect(models.added).toContainText('from 127.0.0.1');
    await expect(unfinished).toHaveCount(0);
    expect(server.ranges).toHaveLength(2);
    expect(server.ranges[0]).toBeNull();
    expect(Number(/bytes=(\d+)-/.exec(server.ranges[1] ?? '')?.[1])).toBeGreaterThan(60_000);
    await expect(models.slot('flux1', 'decoder')).toHaveValue(/^user:/);
    await expect(models.panel.locator('[data-family="flux1"] .forecast')).toContainText('MB of memory');
    await models.close();
    await lift.waitUntilDone(['decode-1']);
    expect(await lift.bitmapSize('decode-1')).toEqual({ width: 64, height: 64 });
    await expect(lift.pane('lua-2')).toContainText('No upscaler for FLUX.1 yet.');
    expect(lift.pageErrors).toEqual([]);
  });

  test('a connection that breaks is told, and what has come can be thrown away', async ({ page }) => {
    const weights = taef1Like();
    server = await serveWeights(weights);
    const models = new ModelsPage(page);
    await new LiftPage(page).open({}, flux1);
    await models.open();
    Object.assign(server.manners, { breaksAfter: 200_000, pauseMs: 20 });
    await models.fetch(server.url + weights.name);
    await expect(models.notice).toHaveText(/the connection broke after .* kept/);
    await models.panel.getByRole('button', { name: `Discard ${weights.name}` }).click();
    await expect(models.panel.locator('[data-unfinished]')).toHaveCount(0);
    expect(await models.storedFiles()).toEqual([]);
    await models.fetch(`${server.url}nothing.safetensors`);
    await expect(models.notice).toHaveText(/server answered 404/);
    await models.fetch('not an address');
    await expect(models.notice).toHaveText(/no web address/);
  });
});
