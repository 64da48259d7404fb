import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { type StaticServer, serveStatic } from '../engine/static-server.ts';
import { catFile } from '../fixtures/cat-latent.ts';
import { buildLibrarySite } from './library-site.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The example that people copy, with its package and runtime where this site has them. */
const PAGE = readFileSync(join(root, 'examples/html/index.html'), 'utf8')
  .replaceAll('./node_modules/onnxruntime-web/dist/', './ort/')
  .replaceAll('./node_modules/latentlift/', './latentlift/');
const POLICY = /content="(default-src[^"]*)"/.exec(PAGE)?.[1] ?? '';

let server: StaticServer;
test.beforeAll(async ({ browserName: _ }, { project }) => {
  test.skip(project.name === 'gpu', 'needs no GPU: run by the project chromium');
  const folder = await buildLibrarySite('library-element', { 'index.html': PAGE });
  writeFileSync(join(folder, 'latent.npy'), catFile(8));
  // As a header the policy binds the worker too, which a <meta> in the page does not reach.
  server = await serveStatic(folder, false, {}, { 'Content-Security-Policy': POLICY });
});
test.afterAll(() => server?.close());

test('the element shows its pictures under a strict policy with trusted types, without one complaint', async ({
  page,
}) => {
  expect(POLICY).toContain("default-src 'none'");
  expect(POLICY).toContain("require-trusted-types-for 'script'");
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    // The browser's own wish for an icon, which the example has none of.
    const isIcon = message.location().url.endsWith('/favicon.ico');
    if (message.type() === 'error' && !isIcon) complaints.push(message.text());
  });
  await page.addInitScript(() => {
    const told: string[] = [];
    Object.assign(window, { told });
    for (const name of ['load', 'picture', 'error']) {
      addEventListener(`latentlift-${name}`, (event) =>
        told.push(`${name} ${(event as CustomEvent<{ width?: number }>).detail.width ?? ''}`.trim()),
      );
    }
  });
  await page.goto(server.url);
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { told: string[] }).told), { timeout: 60_000 })
    .toEqual(['load', 'picture 64', 'picture 128']);
  await expect(page.locator('latent-lift').getByText('LUA').first()).toBeVisible();
  expect(complaints).toEqual([]);
});
