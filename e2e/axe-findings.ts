import AxeBuilder from '@axe-core/playwright';
import type { Page } from './test.ts';

/** Themes, and which of axe's rules are asked in each, all of them or these: the same elements in other colours stand in the second. */
const SCHEMES = [
  ['light', null],
  ['dark', ['color-contrast', 'link-in-text-block']],
] as const;

interface Finding {
  readonly impact: string | null;
  readonly line: string;
}

/** What axe-core finds on a page, or in one part of it. */
async function findings(
  page: Page,
  part: string | null,
  rules: readonly string[] | null,
): Promise<Finding[]> {
  // There are no frames here, for which a run would end in a page of its own.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  if (part !== null) axe.include(part);
  if (rules !== null) axe.withRules([...rules]);
  const { violations } = await axe.analyze();
  return violations.flatMap(({ id, impact = null, nodes }) =>
    nodes.map(({ target, failureSummary }) => ({
      impact,
      line: `${id}: ${target.join(' ')} ${failureSummary}`,
    })),
  );
}

/** Serious and critical findings of axe-core on a page in both themes, a line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  const lines: string[] = [];
  for (const [colorScheme, rules] of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    // A colour read on its way from one theme to the other belongs to neither.
    await page.waitForFunction(
      () => !document.getAnimations().some((animation) => animation instanceof CSSTransition),
    );
    const found = await findings(page, null, rules);
    const serious = found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    lines.push(...serious.map(({ line }) => `${colorScheme}: ${line}`));
  }
  return lines;
}

/** Everything that axe-core finds in one part of a page, a line each. */
export const findingsIn = async (page: Page, part: string): Promise<string[]> =>
  (await findings(page, part, null)).map(({ line }) => line);
