import { npyFile } from './fixtures/latents.ts';
import { LiftPage } from './lift-page.ts';
import { expect, test } from './test.ts';

const latent = npyFile(8, 8);

test.describe('the views', () => {
  test('wheel and drag move all panes together, to the pixel', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({}, latent);
    await lift.waitUntilDone();
    const box = await lift.pane('lua-2').locator('ll-screen').boundingBox();
    if (box === null) throw new Error('the pane has no box');
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.6);
    await page.mouse.wheel(0, -900);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.55, box.y + box.height * 0.35, { steps: 4 });
    await page.mouse.up();
    const places = () =>
      page.locator('ll-compare').evaluate((compare) =>
        [...(compare.shadowRoot?.querySelectorAll('ll-picture') ?? [])].map((picture) => {
          const { view, frame } = picture as unknown as {
            view: { x: number; y: number; magnification: number };
            frame: { width: number; height: number; baseWidth: number };
          };
          return [view.x, view.y, view.magnification, frame.width, frame.height, frame.baseWidth].join(' ');
        }),
      );
    const seen = await places();
    expect(seen).toHaveLength(3);
    expect(new Set(seen).size, 'every pane looks at the same place').toBe(1);
    expect(Number(seen[0]?.split(' ')[2])).toBeGreaterThan(3);
  });

  test('a feature of the picture lies at the same place in every pane', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({ zoom: '6', x: '0.4', y: '0.55' }, latent);
    await lift.waitUntilDone();
    // The same synthetic picture, with one white square, at each pane's own size.
    await page.locator('ll-compare').evaluate(async (element) => {
      const compare = element as unknown as {
        cards: { drawing: { bitmap: ImageBitmap; version: number; isPreview: boolean }; width: number }[];
        updateComplete: Promise<unknown>;
        view: object;
      };
      async function marked(side: number): Promise<ImageBitmap> {
        const canvas = new OffscreenCanvas(side, side);
        const context = canvas.getContext('2d');
        if (context === null) throw new Error('no canvas');
        context.fillStyle = '#000';
        context.fillRect(0, 0, side, side);
        context.fillStyle = '#fff';
        context.fillRect(side * 0.375, side * 0.5, side / 8, side / 8);
        return canvas.transferToImageBitmap();
      }
      compare.view = { ...compare.view, isSmooth: false };
      compare.cards = await Promise.all(
        compare.cards.map(async (card) => ({
          ...card,
          drawing: { bitmap: await marked(card.width), version: 0, isPreview: false },
        })),
      );
      await compare.updateComplete;
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    });
    const edges = await page.locator('ll-compare').evaluate((compare) =>
      [...(compare.shadowRoot?.querySelectorAll('ll-picture') ?? [])].map((picture) => {
        const canvas = picture.shadowRoot?.querySelector('canvas');
        const context = canvas?.getContext('2d');
        if (!canvas || !context) return [];
        const { data } = context.getImageData(0, Math.floor(canvas.height / 2), canvas.width, 1);
        const white = Array.from({ length: canvas.width }, (_, x) => (data[4 * x] as number) > 127);
        return [white.indexOf(true), white.lastIndexOf(true)];
      }),
    );
    expect(edges[0]?.[0]).toBeGreaterThan(0);
    expect(edges[1]).toEqual(edges[0]);
    expect(edges[2]).toEqual(edges[0]);
  });

  test('a double click shows the pane’s own pixels, another one all of it', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({ zoom: '1' }, npyFile(16, 16));
    await lift.waitUntilDone();
    const screen = lift.pane('lua-4').locator('ll-screen');
    const zoom = lift.pane('lua-4').locator('.zoom');
    const before = (await zoom.textContent()) ?? '';
    await page.evaluate(() => scrollTo(0, 0));
    await screen.dblclick();
    await expect(zoom).not.toHaveText(before);
    await expect(zoom).toHaveText('100%');
    await screen.dblclick();
    await expect(zoom).toHaveText(before);
  });

  test('a double click on a small picture goes nearer, never further away', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({ zoom: '1' }, latent);
    await lift.waitUntilDone(['decode-1']);
    await page.evaluate(() => scrollTo(0, 0));
    const magnification = () =>
      page
        .locator('ll-compare')
        .evaluate(
          (compare) => (compare as unknown as { where: { magnification: number } }).where.magnification,
        );
    await lift.pane('decode-1').locator('ll-screen').dblclick();
    await expect.poll(magnification).toBe(2);
    await lift.pane('decode-1').locator('ll-screen').dblclick();
    await expect.poll(magnification).toBe(1);
  });

  test('a wheel that has just scrolled the page goes on scrolling it, a later one zooms', async ({
    page,
  }) => {
    const lift = new LiftPage(page);
    await lift.open({}, latent);
    await lift.waitUntilDone(['decode-1']);
    const isTaken = await lift
      .pane('decode-1')
      .locator('ll-screen')
      .evaluate(async (screen) => {
        function turn(): boolean {
          const event = new WheelEvent('wheel', {
            deltaY: -300,
            bubbles: true,
            cancelable: true,
            composed: true,
          });
          screen.dispatchEvent(event);
          return event.defaultPrevented;
        }
        const scrolled = new Promise((resolve) =>
          document.addEventListener('scroll', resolve, { once: true }),
        );
        scrollTo(0, 300);
        await scrolled;
        const atOnce = turn();
        await new Promise((resolve) => setTimeout(resolve, 600));
        return { atOnce, later: turn() };
      });
    expect(isTaken).toEqual({ atOnce: false, later: true });
  });

  test('the slider shows one picture left of its line and the other right of it', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({ view: 'slider', a: 'decode-1', b: 'lua-2' }, latent);
    await expect(lift.wipe).toBeVisible();
    await lift.wipe.focus();
    await page.keyboard.press('Home');
    await expect(lift.wipe).toHaveAttribute('aria-valuenow', '0');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await expect(lift.wipe).toHaveAttribute('aria-valuenow', '12');
    await page.keyboard.press('End');
    await expect(lift.wipe).toHaveAttribute('aria-valuenow', '100');
    const clip = await page.locator('ll-picture.over').evaluate((over) => getComputedStyle(over).clipPath);
    expect(clip).toContain('100%');
  });

  test('the difference of a picture with itself is black, with another it is not', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({ view: 'difference', a: 'lua-2', b: 'lua-4', gain: '32' }, latent);
    await expect(page.locator('figure[data-phase="done"]')).toHaveCount(2, { timeout: 75_000 });
    const brightest = () =>
      page.locator('figure[data-pane="difference"] ll-picture').evaluate((picture) => {
        const canvas = picture.shadowRoot?.querySelector('canvas');
        const context = canvas?.getContext('2d');
        if (!canvas || !context) return -1;
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        let most = 0;
        for (let i = 0; i < data.length; i += 4) {
          most = Math.max(most, data[i] as number, data[i + 1] as number, data[i + 2] as number);
        }
        return most;
      });
    await expect.poll(brightest).toBeGreaterThan(20);
    await expect(page.getByText('Difference × 32')).toBeVisible();
    await page.locator('ll-compare').evaluate(async (element) => {
      const compare = element as unknown as {
        cards: { drawing: object; key: string }[];
        updateComplete: Promise<unknown>;
      };
      const same = compare.cards[0]?.drawing ?? {};
      compare.cards = compare.cards.map((card) => ({ ...card, drawing: same }));
      await compare.updateComplete;
    });
    await expect.poll(brightest).toBe(0);
  });

  test('the lens follows the pointer in every pane and the arrows from the keyboard', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({ view: 'lens', lens: '8' }, latent);
    await lift.waitUntilDone();
    const spots = () =>
      page.locator('ll-compare').evaluate((compare) =>
        [...(compare.shadowRoot?.querySelectorAll('ll-picture') ?? [])].map((picture) => {
          const { settings: lens } = picture as unknown as {
            settings: { x: number; y: number; power: number };
          };
          return `${lens.x.toFixed(3)} ${lens.y.toFixed(3)} ${lens.power}`;
        }),
      );
    await page.locator('ll-compare').evaluate((compare) => compare.scrollIntoView());
    const box = await lift.pane('decode-1').locator('ll-screen').boundingBox();
    if (box === null) throw new Error('the pane has no box');
    // High enough to lie above the status bar of a low window.
    await page.mouse.move(box.x + box.width * 0.25, box.y + box.height * 0.4);
    await expect.poll(async () => (await spots())[0]).toMatch(/^0\.2\d+ 0\.[34]\d* 8$/);
    expect(new Set(await spots()).size).toBe(1);
    const before = (await spots())[0];
    await page.mouse.move(0, 0);
    await page.locator('ll-compare').focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(async () => (await spots())[0]).not.toBe(before);
  });

  test('baselines come on demand, with their own names and timings', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({}, latent);
    await lift.waitUntilDone();
    await expect(lift.panes).toHaveCount(3);
    await page.locator('ll-toolbar summary').click();
    for (const name of ['Latent bicubic 2×', 'Pixel bicubic 2×', 'Pixel Lanczos 2×']) {
      await page.getByRole('checkbox', { name }).check();
    }
    await lift.waitUntilDone(['latent-bicubic-2', 'pixel-bicubic-2', 'pixel-lanczos-2']);
    await expect(lift.panes).toHaveCount(6);
    expect(await lift.bitmapSize('pixel-lanczos-2')).toEqual({ width: 128, height: 128 });
    // Its decoder is warm already: 2x of LUA has the same size.
    const { cold, warm } = await lift.timings('latent-bicubic-2');
    expect(`${cold[3]} ${warm[3]}`).toMatch(/\d/);
    await page.getByRole('checkbox', { name: 'Latent bicubic 2×' }).uncheck();
    await expect(lift.panes).toHaveCount(5);
  });
});

test.describe('on a touch screen', () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

  test('a finger moves the slider’s line, and two fingers zoom', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({ view: 'slider' }, latent);
    await expect(lift.latentName).toHaveText(latent.name);
    await expect(lift.wipe).toBeVisible();
    await lift.wipe.scrollIntoViewIfNeeded();
    const session = await page.context().newCDPSession(page);
    const box = await page.locator('ll-screen').boundingBox();
    if (box === null) throw new Error('the screen has no box');
    const touch = (
      type: 'touchStart' | 'touchMove' | 'touchEnd',
      points: readonly (readonly [number, number])[],
    ) =>
      session.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: points.map(([x, y], id) => ({
          x: box.x + x * box.width,
          y: box.y + y * box.height,
          id,
        })),
      });
    await touch('touchStart', [[0.5, 0.5]]);
    await touch('touchMove', [[0.4, 0.5]]);
    await touch('touchMove', [[0.2, 0.5]]);
    await touch('touchEnd', []);
    await expect(lift.wipe).toHaveAttribute('aria-valuenow', /^(19|20|21)$/);
    await touch('touchStart', [
      [0.7, 0.7],
      [0.8, 0.8],
    ]);
    await touch('touchMove', [
      [0.6, 0.6],
      [0.9, 0.9],
    ]);
    await touch('touchEnd', []);
    const magnification = await page
      .locator('ll-compare')
      .evaluate((compare) => (compare as unknown as { view: { magnification: number } }).view.magnification);
    expect(magnification).toBeGreaterThan(2);
  });
});
