import { describe, expect, it } from 'vitest';
import { type IsolationSurroundings, shouldReloadForThreads, watchTouches } from './isolate.ts';

function tab(): Pick<Storage, 'getItem' | 'setItem'> {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

const plainHost = (changes: Partial<IsolationSurroundings> = {}): IsolationSurroundings => ({
  isIsolated: false,
  isFramed: false,
  isControlled: true,
  cores: 4,
  isTouched: () => false,
  hasGpu: async () => false,
  storage: tab(),
  ...changes,
});

describe('the reload that gives the CPU its cores', () => {
  it('happens once in a tab', async () => {
    const surroundings = plainHost();
    expect(await shouldReloadForThreads('auto', surroundings)).toBe(true);
    expect(await shouldReloadForThreads('auto', surroundings)).toBe(false);
  });

  it('is not needed on a GPU, but where the CPU was asked for', async () => {
    const withGpu = plainHost({ hasGpu: async () => true });
    expect(await shouldReloadForThreads('auto', withGpu)).toBe(false);
    expect(await shouldReloadForThreads('wasm', withGpu)).toBe(true);
  });

  it('never loses what was done on the page meanwhile, and leaves the reload to the next load', async () => {
    const page = new EventTarget();
    const isTouched = watchTouches(page);
    const surroundings = plainHost({ isTouched });
    const dropsWhileAsked = plainHost({
      isTouched,
      storage: surroundings.storage,
      hasGpu: async () => {
        page.dispatchEvent(new Event('drop'));
        return false;
      },
    });
    expect(await shouldReloadForThreads('auto', dropsWhileAsked)).toBe(false);
    expect(await shouldReloadForThreads('auto', { ...surroundings, isTouched: () => false })).toBe(true);
  });

  it.each<[string, Partial<IsolationSurroundings>]>([
    ['is isolated already', { isIsolated: true }],
    ['stands in a frame', { isFramed: true }],
    ['has no service worker that could isolate it', { isControlled: false }],
    ['has one core', { cores: 1 }],
    ['cannot remember that it reloaded', { storage: null }],
    [
      'has storage that refuses',
      {
        storage: {
          getItem: () => null,
          setItem: () => {
            throw new DOMException('full', 'QuotaExceededError');
          },
        },
      },
    ],
  ])('does not happen where the page %s', async (_, changes) => {
    expect(await shouldReloadForThreads('auto', plainHost(changes))).toBe(false);
  });
});
