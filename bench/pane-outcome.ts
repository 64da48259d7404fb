import type { Page } from 'playwright';

/** Waits until a pane has its picture or a sentence, asking for it where the page would rather be asked; gives the sentence, or null. */
export async function outcomeOf(page: Page, key: string, limitMs: number): Promise<string | null> {
  const pane = page.locator(`ll-compare figure[data-pane="${key}"]`);
  const at = (...phases: readonly string[]) =>
    pane.and(page.locator(phases.map((phase) => `[data-phase="${phase}"]`).join()));
  await at('done', 'failed', 'missing', 'held').waitFor({ timeout: limitMs });
  if ((await pane.getAttribute('data-phase')) === 'held') {
    await pane.getByRole('button', { name: 'Render anyway' }).click();
    await at('done', 'failed', 'missing').waitFor({ timeout: limitMs });
  }
  if ((await pane.getAttribute('data-phase')) === 'done') return null;
  return (await pane.locator('.note').textContent())?.trim() ?? '';
}

/** Waits for the pictures of `keys`; throws with the sentence of one that has none. */
export async function waitForPictures(page: Page, keys: readonly string[], limitMs: number): Promise<void> {
  for (const key of keys) {
    const sentence = await outcomeOf(page, key, limitMs);
    if (sentence !== null) throw new Error(`${key}: ${sentence}`);
  }
}
