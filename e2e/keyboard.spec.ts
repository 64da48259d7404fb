import { commandText } from '../src/page/command-text.ts';
import { COMMANDS } from '../src/page/commands.ts';
import { npyFile } from './fixtures/latents.ts';
import { LiftPage } from './lift-page.ts';
import { expect, type Page, test } from './test.ts';

/** What has the focus, through every shadow root. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return (
      element?.getAttribute('aria-label') ??
      (element instanceof HTMLInputElement
        ? `${element.type} ${element.value}`
        : element?.textContent?.trim()) ??
      ''
    );
  });

test.describe('with the keyboard alone', () => {
  test('everything can be reached, and the focus is visible', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({}, npyFile(8, 8));
    await lift.waitUntilDone();
    const reached: string[] = [];
    let unseen = 0;
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press('Tab');
      const name = await focused(page);
      if (presses > 5 && name === reached[0]) break;
      reached.push(name);
      unseen += await page.evaluate(() => {
        let element = document.activeElement;
        while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
        if (element === null || element === document.body) return 0;
        // A radio hides behind its label, which carries the ring.
        const ring =
          element instanceof HTMLInputElement && element.type === 'radio'
            ? element.nextElementSibling
            : element;
        return ring !== null && getComputedStyle(ring).outlineStyle === 'none' ? 1 : 0;
      });
    }
    for (const name of [
      'Skip to the pictures',
      'About',
      'Open latent or picture',
      'Zoom in',
      'Copy figure',
      'Run again',
    ]) {
      expect(reached.join('\n')).toContain(name);
    }
    expect(reached.some((name) => name.startsWith('The pictures.'))).toBe(true);
    expect(unseen).toBe(0);
  });

  test('a demo is chosen, zoomed, moved, compared and run again', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({ zoom: '1' }, npyFile(8, 8));
    await lift.waitUntilDone();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('ll-compare').focus();
    const zoom = lift.pane('decode-1').locator('.zoom');
    const before = (await zoom.textContent()) ?? '';
    await page.keyboard.press('+');
    await page.keyboard.press('+');
    await expect(zoom).not.toHaveText(before);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('0');
    await expect(zoom).toHaveText(before);
    await page.keyboard.press('w');
    await expect(lift.wipe).toBeVisible();
    await page.keyboard.press('d');
    await expect(page.getByText(/Difference × 8/)).toBeVisible();
    await page.keyboard.press('s');
    await page.keyboard.press('r');
    await expect(lift.timingRow('lua-4', 'warm').locator('.figure')).toHaveText(/\d/, {
      timeout: 75_000,
    });
    await page.keyboard.press(']');
    await expect(lift.latentName).not.toHaveText('waves.npy');
    await page.keyboard.press('Escape');
    await expect(lift.cancelButton).toBeDisabled();
  });

  test('the help dialog opens with ?, tells the keys, and gives the focus back', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({}, npyFile(8, 8));
    await page.locator('ll-compare').focus();
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog');
    await expect(dialog).toBeVisible();
    await expect(dialog).toContainText('Slider: two pictures with a line to wipe');
    for (const { keys, name } of COMMANDS) {
      if (keys.length > 0) await expect(dialog).toContainText(commandText(name));
    }
    await dialog.getByRole('checkbox', { name: /Single-key/ }).uncheck();
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    expect(await focused(page)).toContain('The pictures.');
    // Switched off, a single key acts only while the pictures have the focus.
    await page.locator('#about').focus();
    await page.keyboard.press('w');
    await expect(lift.wipe).toHaveCount(0);
  });
});
