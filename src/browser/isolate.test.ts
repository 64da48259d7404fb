import { describe, expect, it } from 'vitest';
import { type IsolationSurroundings, isolateOnce, watchTouches } from './isolate.ts';

function tab(): NonNullable<IsolationSurroundings['storage']> {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

/** A page on a plain host, which notes what is asked of its window. */
function plainHost(changes: Partial<IsolationSurroundings> = {}) {
  const asked: string[] = [];
  return {
    asked,
    isIsolated: false,
    isFramed: false,
    isControlled: true,
    cores: 4,
    touched: new AbortController().signal,
    isQuiet: Promise.resolve(),
    hasGpu: async () => false,
    storage: tab(),
    window: { stop: () => void asked.push('stop'), location: { reload: () => void asked.push('reload') } },
    ...changes,
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** What is asked of the window, and whether the engine may start in this very page. */
async function load(backend: 'auto' | 'wasm', page: ReturnType<typeof plainHost>) {
  const before = page.asked.length;
  let stays = false;
  void isolateOnce(backend, page).then(() => {
    stays = true;
  });
  await settled();
  return { asked: page.asked.slice(before), stays };
}
const RELOADED = { asked: ['reload'], stays: false };
const STAYED = { asked: [], stays: true };

describe('the reload that gives the CPU its cores', () => {
  it('happens once in a tab', async () => {
    const page = plainHost();
    expect(await load('auto', page)).toEqual(RELOADED);
    // What loads slowly holds up nobody who has been here.
    const again = plainHost({ storage: page.storage, isQuiet: new Promise<void>(() => {}) });
    expect(await load('auto', again)).toEqual(STAYED);
  });

  it('is not needed on a GPU, but where the CPU was asked for', async () => {
    const withGpu = plainHost({ hasGpu: async () => true });
    expect(await load('auto', withGpu)).toEqual(STAYED);
    expect(await load('wasm', withGpu)).toEqual(RELOADED);
  });

  it('never loses what was done on the page meanwhile, and leaves the reload to the next load', async () => {
    const target = new EventTarget();
    const touched = watchTouches(target);
    const dropsWhileAsked = plainHost({
      touched,
      hasGpu: async () => {
        target.dispatchEvent(new Event('drop'));
        return false;
      },
    });
    expect(await load('auto', dropsWhileAsked)).toEqual(STAYED);
    expect(await load('auto', plainHost({ storage: dropsWhileAsked.storage }))).toEqual(RELOADED);
  });

  it.each(['pointerdown', 'click', 'keydown', 'dragover', 'drop', 'paste', 'change'])(
    'is called off by a %s between its being asked for and the next page, before anybody else hears of that',
    async (type) => {
      const target = new EventTarget();
      const page = plainHost({ touched: watchTouches(target) });
      let stays = false;
      void isolateOnce('auto', page).then(() => {
        stays = true;
      });
      await settled();
      expect([page.asked, stays]).toEqual([['reload'], false]);
      const askedAtDrop: string[] = [];
      target.addEventListener(type, () => askedAtDrop.push(...page.asked));
      target.dispatchEvent(new Event(type));
      expect(askedAtDrop).toEqual(['reload', 'stop']);
      await settled();
      expect(stays).toBe(true);
      expect(await load('auto', plainHost({ storage: page.storage }))).toEqual(RELOADED);
    },
  );

  it('waits for what is on its way to the page, which a reload would break off, but not for long', async () => {
    let arrive: () => void = () => {};
    const page = plainHost({
      isQuiet: new Promise<void>((resolve) => {
        arrive = resolve;
      }),
    });
    expect(await load('auto', page)).toEqual({ asked: [], stays: false });
    arrive();
    await settled();
    expect(page.asked).toEqual(['reload']);
    const never = plainHost({ isQuiet: new Promise<void>(() => {}), quietMs: 20 });
    expect((await load('auto', never)).asked).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(never.asked).toEqual(['reload']);
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
          ...tab(),
          setItem: () => {
            throw new DOMException('full', 'QuotaExceededError');
          },
        },
      },
    ],
  ])('does not happen where the page %s', async (_, changes) => {
    expect(await load('auto', plainHost(changes))).toEqual(STAYED);
  });
});
