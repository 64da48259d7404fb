import { describe, expect, it } from 'vitest';
import { levelFor } from './pyramid.ts';

describe('levelFor', () => {
  it('takes the full picture at 100 % and above', () => {
    expect(levelFor(4, 1)).toBe(0);
    expect(levelFor(4, 7)).toBe(0);
  });

  it('takes the smallest level that is still at least as fine as the screen', () => {
    expect(levelFor(4, 0.5)).toBe(1);
    expect(levelFor(4, 0.51)).toBe(0);
    expect(levelFor(4, 0.11)).toBe(3);
  });

  it('makes do with the levels that are built', () => {
    expect(levelFor(1, 0.1)).toBe(0);
  });
});
