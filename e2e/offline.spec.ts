import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { type StaticServer, serveStatic } from './engine/static-server.ts';
import { npyFile } from './fixtures/latents.ts';
import { LiftPage } from './lift-page.ts';
import { expect, type Page, test } from './test.ts';

const built = process.env['E2E_DIST'] ?? 'dist';
const root = fileURLToPath(new URL('..', import.meta.url));

/** What hosts of one-page apps answer for a file that is not there. */
const FALLBACK = {
  type: 'text/html; charset=utf-8',
  bytes: Buffer.from('<!doctype html><title>Welcome</title>'),
};

const files = (folder: string): string[] => readdirSync(`${folder}/assets`).map((name) => `assets/${name}`);

/** The one file of the build whose name begins so. */
function find(folder: string, start: string): string {
  const found = files(folder).find((name) => name.startsWith(`assets/${start}`));
  if (found === undefined) throw new Error(`${folder} has no ${start}`);
  return found;
}

/** The same page as another release would have it: every script that holds the change gets another name. */
async function buildNext(outDir: string): Promise<string> {
  await build({
    root,
    logLevel: 'error',
    plugins: [
      {
        name: 'another-release',
        transform: (code, id) =>
          /src\/(main|app\/timing-report)\.ts$/.test(id) ? `${code}\nglobalThis.release = 2;` : undefined,
      },
    ],
    build: { outDir, emptyOutDir: true },
  });
  return outDir;
}

/** Addresses of hashed files in the browser's copies of the page. */
const keptFiles = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith('latentlift-page'));
    const lists = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return lists.flat().map(({ url }) => url.slice(url.indexOf('assets/')));
  });

/** Puts other bytes where the copy holds those of `file`, with the header of the right kind. */
const spoil = (page: Page, file: string): Promise<number> =>
  page.evaluate(async (wanted) => {
    let spoilt = 0;
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        if (!request.url.endsWith(wanted)) continue;
        const found = await cache.match(request, { ignoreVary: true });
        if (found === undefined) continue;
        const bytes = new Uint8Array(await found.arrayBuffer());
        bytes.fill(7, bytes.length >> 1, (bytes.length >> 1) + 2000);
        await cache.put(request, new Response(bytes, { headers: found.headers }));
        spoilt += 1;
      }
    }
    return spoilt;
  }, file);

const reloadButton = (page: Page) => page.getByRole('button', { name: 'New version: reload' });

test.describe('the offline copy', () => {
  let server: StaticServer;
  test.use({ serviceWorkers: 'allow' });
  test.skip(!existsSync(`${built}/index.html`), `${built}/index.html is not there: run vite build first`);
  test.beforeEach(async () => {
    server = await serveStatic(built);
  });
  test.afterEach(() => server.close());

  /** A visit that ends with everything kept that an offline visit needs. */
  async function visit(page: Page): Promise<LiftPage> {
    const lift = new LiftPage(page);
    await page.goto(`${server.url}?backend=wasm`);
    await lift.waitUntilDone(['decode-1']);
    const scripts = files(built).filter((name) => name.endsWith('.js'));
    async function missing(): Promise<readonly string[]> {
      const kept = await keptFiles(page);
      return scripts.filter((name) => !kept.includes(name));
    }
    await expect.poll(missing, { timeout: 30_000 }).toEqual([]);
    return lift;
  }

  test('opens again after a visit during which the host answered HTML for a script that was not there yet', async ({
    page,
  }) => {
    await visit(page);
    const script = files(built).find((name) => /index-.*\.js$/.test(name)) ?? '';
    await page.evaluate(async () => {
      for (const name of await caches.keys()) await caches.delete(name);
    });
    server.instead.set(script, FALLBACK);
    await page.reload();
    await expect.poll(() => server.asked.filter((name) => name === script).length).toBeGreaterThan(1);
    server.instead.clear();
    await page.reload();
    const lift = new LiftPage(page);
    await lift.waitUntilDone(['decode-1']);
  });

  test('replaces a script of its own that has gone bad, without anybody noticing', async ({ page }) => {
    await visit(page);
    expect(await spoil(page, find(built, 'dialogs-'))).toBe(1);
    await page.reload();
    await new LiftPage(page).waitUntilDone(['decode-1']);
    await page.getByRole('button', { name: 'About' }).click();
    await expect(page.getByRole('heading', { name: 'About LatentLift' })).toBeVisible();
  });

  test('replaces a runtime that has gone bad, and does not speak of memory', async ({ page }) => {
    await visit(page);
    const runtime = find(built, 'ort-wasm-simd-threaded-');
    await expect.poll(() => keptFiles(page), { timeout: 30_000 }).toContain(runtime);
    expect(await spoil(page, runtime)).toBe(1);
    await page.reload();
    await new LiftPage(page).waitUntilDone(['decode-1']);
    await expect(new LiftPage(page).status).not.toHaveText(/memory/i);
  });

  test('says that the published runtime is damaged, and recovers once it is whole again', async ({
    page,
  }) => {
    const runtime = find(built, 'ort-wasm-simd-threaded-');
    const bytes = readFileSync(`${built}/${runtime}`);
    bytes.fill(7, 5_000_000, 5_002_000);
    server.instead.set(runtime, { type: 'application/wasm', bytes });
    const lift = new LiftPage(page);
    await page.goto(`${server.url}?backend=wasm`);
    await expect(lift.status).toHaveText(/ort-wasm-simd-threaded.*SHA-256/, { timeout: 60_000 });
    await expect(lift.status).not.toHaveText(/memory/i);
    server.instead.clear();
    await page.reload();
    await lift.waitUntilDone(['decode-1']);
  });

  test('offers a new version without forcing it; the open page keeps its parts until then, and old files go', async ({
    page,
    context,
  }, info) => {
    const lift = await visit(page);
    const next = await buildNext(info.outputPath('next'));
    const old = files(built).filter((name) => !existsSync(`${next}/${name}`));
    expect(old.length).toBeGreaterThan(2);
    server.publish(next);
    const second = await context.newPage();
    await second.goto(server.url);
    expect(await second.evaluate(() => (globalThis as { release?: number }).release)).toBe(2);
    await expect(reloadButton(page)).toBeVisible({ timeout: 30_000 });
    await expect(reloadButton(second)).toBeHidden();

    // A part that was never asked for before, and that the host does not have any more.
    const report = await lift.download(() => page.getByRole('button', { name: 'CSV' }).click());
    expect(report.bytes.length).toBeGreaterThan(10);
    await lift.drop(npyFile(8, 8, 'late.npy'));
    // The new version is being copied meanwhile: a busy machine may take as long as a reader is given to start.
    await expect(lift.latentName).toHaveText('late.npy', { timeout: 30_000 });
    await second.close();

    await reloadButton(page).click();
    await expect
      .poll(() => page.evaluate(() => (globalThis as { release?: number }).release).catch(() => null))
      .toBe(2);
    await expect
      .poll(async () => (await keptFiles(page)).filter((name) => old.includes(name)), { timeout: 30_000 })
      .toEqual([]);
    await expect(reloadButton(page)).toBeHidden();
    await context.setOffline(true);
    await page.reload();
    await lift.waitUntilDone(['decode-1']);
    expect(await page.evaluate(() => (globalThis as { release?: number }).release)).toBe(2);
  });
});
