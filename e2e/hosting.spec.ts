import { existsSync } from 'node:fs';
import { CONTENT_SECURITY_POLICY } from '../scripts/site/security-policy.ts';
import { type StaticServer, serveStatic } from './engine/static-server.ts';
import { npyFile } from './fixtures/latents.ts';
import { LiftPage } from './lift-page.ts';
import { expect, test } from './test.ts';

const built = process.env['E2E_DIST'] ?? 'dist';

test.describe('the built page', () => {
  let server: StaticServer | undefined;

  test.skip(!existsSync(`${built}/index.html`), `${built}/index.html is not there: run vite build first`);

  test.afterEach(() => server?.close());

  test('runs under a sub-path of a plain static server, without special headers', async ({ page }) => {
    server = await serveStatic(built);
    const lift = new LiftPage(page);
    await page.goto(server.url);
    await lift.waitUntilDone(['decode-1']);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    expect(server.asked).toContain('models/manifest.json');
    expect(lift.pageErrors).toEqual([]);
  });

  test('takes up again what a broken connection left of weights and runtime, without a word', async ({
    page,
  }) => {
    server = await serveStatic(built);
    server.breaks.set('.wasm', 5_000_000);
    server.breaks.set('flux2-decoder.safetensors', 1_000_000);
    const lift = new LiftPage(page);
    await page.goto(`${server.url}?backend=wasm&panes=decode-1`);
    await lift.waitUntilDone(['decode-1']);
    expect([...server.breaks.keys()]).toEqual([]);
    expect(server.ranges.join()).toMatch(/\.wasm bytes=[1-9]\d*-/);
    expect(server.ranges.join()).toMatch(/flux2-decoder\.safetensors bytes=[1-9]\d*-/);
    expect(lift.pageErrors).toEqual([]);
  });

  test('uses threads where the server isolates the page', async ({ page }) => {
    server = await serveStatic(built, true);
    const lift = new LiftPage(page);
    await page.goto(`${server.url}?backend=wasm`);
    await lift.waitUntilDone(['decode-1']);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await expect(page.locator('#device')).toHaveText(/CPU.*[2-9]\d* threads/s);
    expect(lift.pageErrors).toEqual([]);
  });

  test('shows the licences of what it is built from', async ({ page }) => {
    server = await serveStatic(built);
    await page.goto(server.url);
    await page.getByRole('button', { name: 'About' }).click();
    await page.getByRole('link', { name: 'licences in full' }).click();
    await expect(page.locator('body')).toContainText(
      /comlink 4.*onnxruntime-web 1.*Permission is hereby granted/s,
    );
  });

  test('keeps its threads where the host sends the security policy as a header, which binds workers too', async ({
    page,
  }) => {
    server = await serveStatic(built, true, {}, { 'Content-Security-Policy': CONTENT_SECURITY_POLICY });
    const lift = new LiftPage(page);
    await page.goto(`${server.url}?backend=wasm`);
    await lift.waitUntilDone(['decode-1']);
    await expect(page.locator('#device')).toHaveText(/CPU.*[2-9]\d* threads/s);
    expect(lift.pageErrors).toEqual([]);
  });

  test.describe('after a first visit', () => {
    test.use({ serviceWorkers: 'allow' });

    test('opens and decodes with the network off', async ({ page, context }) => {
      server = await serveStatic(built);
      const lift = new LiftPage(page);
      await page.goto(server.url);
      await lift.waitUntilDone();
      await context.setOffline(true);
      await page.reload();
      await lift.waitUntilDone(['decode-1']);
      await lift.drop(npyFile(8, 8, 'offline.npy'));
      await expect(lift.latentName).toHaveText('offline.npy');
      await lift.waitUntilDone();
      expect(await lift.bitmapSize('lua-2')).toEqual({ width: 128, height: 128 });
    });

    test('has threads on a plain server too, from the first visit on, by one reload', async ({ page }) => {
      server = await serveStatic(built);
      const lift = new LiftPage(page);
      let loads = 0;
      page.on('domcontentloaded', () => loads++);
      await page.goto(`${server.url}?backend=wasm`);
      await lift.waitUntilDone(['decode-1']);
      expect(loads).toBe(2);
      // Nothing heavy went over the line twice.
      expect(server.asked.filter((path) => path.endsWith('.wasm'))).toHaveLength(1);
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
      await expect(page.locator('#device')).toHaveText(/CPU.*[2-9]\d* threads/s);
      expect(lift.pageErrors).toEqual([]);
    });

    test('opens with the network off even if its service worker came late', async ({ page, context }) => {
      // Longer than the page waits for the worker before it starts the engine.
      server = await serveStatic(built, false, { 'offline.js': 4000 });
      const lift = new LiftPage(page);
      await page.goto(server.url);
      await lift.waitUntilDone(['decode-1']);
      const isKept = () =>
        page.evaluate(async () => (await caches.match(new URL('./', document.baseURI))) !== undefined);
      await expect.poll(isKept).toBe(true);
      await context.setOffline(true);
      await page.reload();
      await expect(page.locator('ll-compare figure[data-pane="decode-1"]')).toBeVisible();
    });
  });
});
