import { gate } from '../workers/testing/gate.ts';
import { npyFile } from './fixtures/latents.ts';
import { taef2Like } from './fixtures/weights.ts';
import { LiftPage } from './lift-page.ts';
import { ModelsPage } from './models-page.ts';
import { expect, test } from './test.ts';

const latent = npyFile(8, 8);

test('a link reopens the same view', async ({ page, context }) => {
  const lift = new LiftPage(page);
  await lift.open({ view: 'difference', a: 'decode-1', b: 'lua-2', gain: '16' }, latent);
  await expect(lift.pane('lua-2')).toHaveAttribute('data-phase', 'done', { timeout: 75_000 });
  await page.locator('ll-compare').focus();
  for (const key of ['+', '+', '+', '+', '+', 'ArrowRight', 'ArrowDown', 'i']) await page.keyboard.press(key);
  await lift.chooseFact('space', 'raw');
  const state = (of: typeof page) =>
    of.locator('ll-compare').evaluate((compare) => {
      const { view } = compare as unknown as { view: Record<string, number | string | boolean> };
      return Object.fromEntries(
        Object.entries(view).map(([name, value]) => [
          name,
          typeof value === 'number' ? value.toFixed(3) : value,
        ]),
      );
    });
  await expect.poll(() => page.url()).toContain('space=raw');
  await expect.poll(() => page.url()).toContain('smooth=0');
  const other = await context.newPage();
  const again = new LiftPage(other);
  await again.serve(latent);
  await other.goto(page.url());
  await expect(again.fact('space').locator('select')).toHaveValue('raw');
  await expect.poll(() => state(other)).toEqual(await state(page));
  expect(await state(other)).toMatchObject({ mode: 'difference', gain: '16.000', isSmooth: false });
});

test('timings are exported as JSON and CSV with what is needed to read them', async ({ page }) => {
  const lift = new LiftPage(page);
  await lift.open({}, latent);
  await lift.waitUntilDone();
  await page.getByRole('button', { name: 'Run again' }).click();
  await expect(lift.timingRow('lua-4', 'warm').locator('.figure')).toHaveText(/\d/, {
    timeout: 75_000,
  });
  const json = await lift.download(() => page.getByRole('button', { name: 'JSON' }).click());
  expect(json.name).toBe('waves-timings.json');
  const report = JSON.parse(new TextDecoder().decode(json.bytes));
  expect(report).toMatchObject({
    format: 'latentlift-timings',
    version: 1,
    latent: { name: 'waves.npy', family: 'flux2', channels: 32, heightCells: 8, widthCells: 8 },
  });
  expect(report.browser).toContain('Chrome');
  expect(report.models.length).toBeGreaterThanOrEqual(2);
  expect(report.runs).toHaveLength(6);
  for (const run of report.runs) {
    expect(run.totalMs).toBeGreaterThan(0);
    expect(run.upscaleMs + run.decodeMs + run.presentMs + run.compileMs).toBeLessThanOrEqual(
      run.totalMs * 1.05 + 5,
    );
    expect(run.widthPx).toBe(64 * run.scale);
  }
  expect(report.runs.map((run: { run: string }) => run.run).sort()).toEqual([
    'cold',
    'cold',
    'cold',
    'warm',
    'warm',
    'warm',
  ]);
  const csv = await lift.download(() => page.getByRole('button', { name: 'CSV' }).click());
  const lines = new TextDecoder().decode(csv.bytes).split('\r\n');
  expect(lines).toHaveLength(7);
  expect(lines[0]?.split(',').slice(0, 5)).toEqual(['pane', 'method', 'scale', 'widthPx', 'heightPx']);
});

test('copy figure makes one PNG of the visible panes, fit for a slide', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const lift = new LiftPage(page);
  await lift.open({}, latent);
  await lift.waitUntilDone();
  await lift.tool('Copy figure').click();
  await expect(lift.status).toHaveText(/figure is on the clipboard/);
  const size = await page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    const bitmap = await createImageBitmap(await (item as ClipboardItem).getType('image/png'));
    return { width: bitmap.width, height: bitmap.height };
  });
  // Three pictures 800 pixels wide and as high as their panes are for it, two gaps of 24, margins of 32; caption 92 and credit 40.
  const pane = await page.locator('ll-compare ll-picture').first().boundingBox();
  const height = Math.round((800 * (pane?.height ?? 0)) / (pane?.width ?? 1));
  expect(size.width).toBe(3 * 800 + 2 * 24 + 2 * 32);
  expect(Math.abs(size.height - (height + 92 + 40 + 2 * 32))).toBeLessThanOrEqual(2);
});

test('a PNG download is the whole picture and says where it comes from', async ({ page }) => {
  const lift = new LiftPage(page);
  await lift.open({}, latent);
  await lift.waitUntilDone();
  const png = await lift.download(() =>
    lift.pane('lua-2').getByRole('button', { name: 'Download LUA 2× as PNG' }).click(),
  );
  expect(png.name).toBe('waves-lua-2.png');
  const header = new DataView(png.bytes.buffer);
  expect([header.getUint32(16), header.getUint32(20)]).toEqual([128, 128]);
  const text = new TextDecoder('latin1').decode(png.bytes);
  expect(text).toContain('LatentLift');
  expect(text).toContain('waves.npy');
});

test.describe('a link', () => {
  test('stands in the address until what it names is open: the page may be loaded again before', async ({
    page,
  }) => {
    const lift = new LiftPage(page);
    const answer = gate();
    await page.route('**/fixture/slow.npy', async (route) => {
      await answer.opened;
      await route.fulfill({ body: Buffer.from(latent.bytes), contentType: 'application/octet-stream' });
    });
    const asked = { latent: 'fixture/slow.npy', panes: 'decode-1', decoder: 'fast' };
    await lift.open(asked);
    // Longer than the pause between two changes of the address.
    await page.waitForTimeout(1000);
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual(asked);
    answer.open();
    await expect(lift.latentName).toHaveText('slow.npy');
    await expect(page).toHaveURL(/latent=[^&]*slow\.npy/);
  });

  test('to another site says where it would fetch from, and fetches only after a click', async ({ page }) => {
    const lift = new LiftPage(page);
    const asked: string[] = [];
    await page.route('https://elsewhere.example/**', (route) => {
      asked.push(route.request().url());
      return route.fulfill({
        body: Buffer.from(latent.bytes),
        headers: { 'access-control-allow-origin': '*' },
      });
    });
    const address = 'https://elsewhere.example/waves.npy';
    await lift.open({ latent: address, panes: 'decode-1' });
    const question = page.getByRole('dialog', { name: 'Fetch the file of this link?' });
    await expect(question).toContainText('from elsewhere.example');
    expect(asked).toEqual([]);
    await question.getByRole('button', { name: 'No' }).click();
    await expect(lift.latentName).not.toHaveText('');
    expect(asked).toEqual([]);

    await lift.open({ latent: address, panes: 'decode-1' });
    await question.getByRole('button', { name: 'Fetch from elsewhere.example' }).click();
    await expect(lift.latentName).toHaveText('waves.npy');
    expect(asked).toEqual([address]);
  });

  test('that holds weights installs nothing unless they are added by a click', async ({ page }) => {
    const lift = new LiftPage(page);
    const models = new ModelsPage(page);
    await lift.open({ panes: 'decode-1' }, taef2Like());
    const question = page.getByRole('dialog', { name: 'Add these weights?' });
    await expect(question).toContainText('TAEF2 tiny decoder, 32 channels (FLUX.2)');
    await expect(question).toContainText('from 127.0.0.1');
    await page.keyboard.press('Escape');
    await expect(lift.status).toContainText('was not added');
    expect(await models.storedFiles()).toEqual([]);
    expect(await page.evaluate(() => localStorage.getItem('latentlift-models'))).toBeNull();

    await lift.open({ panes: 'decode-1' }, taef2Like());
    await question.getByRole('button', { name: 'Add and use them' }).click();
    await expect(lift.status).toContainText('added, used for FLUX.2 latents');
    expect(await models.storedFiles()).not.toEqual([]);
  });
});
