import { expect, test } from 'vitest';
import { embedCode, isEmbedded } from './embed-code.ts';
import { wipeAt } from './record-slider.ts';

test('the code of an embedded view names its address, escaped, and the page knows itself by it', () => {
  const code = embedCode('https://example.org/lift/?demo=cat&view=slider&a=%22%3E', 1.5);
  expect(code).toContain('src="https://example.org/lift/?demo=cat&amp;view=slider&amp;a=%22%3E&amp;embed=1"');
  expect(code).toContain('aspect-ratio: 1.5;');
  const address = /src="([^"]+)"/.exec(code)?.[1]?.replaceAll('&amp;', '&') ?? '';
  expect(isEmbedded(address)).toBe(true);
  expect(isEmbedded('https://example.org/?embed=0')).toBe(false);
});

test('the line of a film goes to both sides and comes back to where it began', () => {
  expect(wipeAt(0)).toBeCloseTo(0.5);
  expect(wipeAt(1)).toBeCloseTo(0.5);
  expect([wipeAt(0.25), wipeAt(0.75)]).toEqual([expect.closeTo(0.96), expect.closeTo(0.04)]);
});
