import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CopyStorage } from './kept-files.ts';
import { createOfflineCopy } from './offline-copy.ts';

const scope = 'https://example.org/page/';
const script = 'assets/index-1.js';
const code = 'export {};';
const build = {
  id: 'b2',
  entry: script,
  files: {
    [script]: { sizeBytes: code.length, sha256: createHash('sha256').update(code).digest('hex') },
  },
};
const js = (text: string): Response => new Response(text, { headers: { 'Content-Type': 'text/javascript' } });
const html = (text: string): Response => new Response(text, { headers: { 'Content-Type': 'text/html' } });

/** Cache Storage in memory, as far as the copy uses it. */
function memory() {
  const boxes = new Map<string, Map<string, Response>>();
  const urlOf = (key: RequestInfo | URL): string => (key instanceof Request ? key.url : String(key));
  const storage = {
    keys: async () => [...boxes.keys()],
    delete: async (name: string) => boxes.delete(name),
    open: async (name: string) => {
      const box = boxes.get(name) ?? new Map<string, Response>();
      boxes.set(name, box);
      return {
        match: async (key: RequestInfo | URL) => box.get(urlOf(key))?.clone(),
        put: async (key: RequestInfo | URL, response: Response) => void box.set(urlOf(key), response),
        delete: async (key: RequestInfo | URL) => box.delete(urlOf(key)),
        keys: async () => [...box.keys()].map((url) => new Request(url)),
      } as unknown as Cache;
    },
  } satisfies CopyStorage;
  const kept = () => [...boxes].flatMap(([name, box]) => [...box.keys()].map((url) => `${name}: ${url}`));
  return { storage, kept };
}

function copyOver(answer: () => Response | Promise<Response>, storage: CopyStorage) {
  const modes: (RequestCache | undefined)[] = [];
  const copy = createOfflineCopy({
    build,
    scope,
    caches: storage,
    fetch: async (_, init) => {
      modes.push(init?.cache);
      return answer();
    },
  });
  const ask = (path: string) => copy.answer(new Request(scope + path), () => {});
  return { copy, ask, modes };
}

describe('the offline copy', () => {
  it.each([
    ['the page of a host that has no such file', () => html('<!doctype html>')],
    ['the right bytes under a wrong name', () => html(code)],
    ['other bytes', () => js('export default 1;')],
    ['an error', () => new Response(code, { status: 503 })],
  ])('never keeps %s as a script, after asking past the caches', async (_, answer) => {
    const { storage, kept } = memory();
    const { ask, modes } = copyOver(answer, storage);
    await ask(script);
    expect(kept()).toEqual([]);
    expect(modes).toEqual([undefined, 'reload']);
  });

  it('keeps the script of its build and asks for it no more', async () => {
    const { storage } = memory();
    const { ask, modes } = copyOver(() => js(code), storage);
    for (let time = 0; time < 3; time += 1) expect(await (await ask(script)).text()).toBe(code);
    expect(modes).toHaveLength(1);
  });

  it('answers from the network where the browser refuses it storage', async () => {
    const refuse = () => Promise.reject(new DOMException('no', 'SecurityError'));
    const { ask } = copyOver(() => js(code), { open: refuse, keys: refuse, delete: refuse });
    expect(await (await ask(script)).text()).toBe(code);
    expect((await ask('assets/of-another-build.js')).status).toBe(200);
    expect((await ask('demos/demos.json')).status).toBe(200);
  });

  it('takes over what still belongs, drops older copies, and leaves those of other pages of the host', async () => {
    const { storage, kept } = memory();
    const others = 'latentlift-page /other/ b1';
    await (await storage.open(others)).put('https://example.org/other/assets/a.js', js('a'));
    const legacy = await storage.open('latentlift-page');
    await legacy.put(scope + script, js(code));
    await legacy.put(`${scope}assets/old.js`, js('old'));
    await legacy.put('https://example.org/other/assets/b.js', js('b'));
    const { copy, modes } = copyOver(() => js(code), storage);
    await copy.inherit();
    await copy.dropOlder();
    expect(kept()).toEqual([
      `${others}: https://example.org/other/assets/a.js`,
      'latentlift-page: https://example.org/other/assets/b.js',
      `latentlift-page /page/ b2: ${scope}${script}`,
    ]);
    expect(modes).toEqual([]);
  });
});

describe('what never answers', () => {
  const silent = () => new Promise<never>(() => {});
  const STORAGE_MS = 3000;
  const NETWORK_MS = 8000;
  const pages = { open: silent, keys: silent, delete: silent };
  const list = 'demos/demos.json';
  const json = (): Response => new Response('[]', { headers: { 'Content-Type': 'application/json' } });

  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  /** The text that `work` gives within so many milliseconds; null where it gives none. */
  async function textWithin(ms: number, work: Promise<Response>): Promise<string | null> {
    let text: string | null = null;
    void work.then(async (response) => {
      text = await response.text();
    });
    await vi.advanceTimersByTimeAsync(ms);
    // A hash takes its real time.
    for (let i = 0; i < 40 && text === null; i += 1) await sleep(10);
    return text;
  }

  it.each([script, 'assets/of-another-build.js'])(
    'in the browser’s storage is passed by for the network: %s',
    async (path) => {
      const { ask } = copyOver(() => js(code), pages);
      expect(await textWithin(2 * STORAGE_MS, ask(path))).toBe(code);
      // Once it was silent it is asked no more.
      expect(await textWithin(0, ask(path))).toBe(code);
    },
  );

  it('in the browser’s storage holds up no list either', async () => {
    const { ask } = copyOver(json, pages);
    expect(await textWithin(2 * STORAGE_MS, ask(list))).toBe('[]');
  });

  it('in the network is passed by for the copy, where there is one', async () => {
    const { storage } = memory();
    let answer: () => Response | Promise<Response> = json;
    const { ask } = copyOver(() => answer(), storage);
    expect(await textWithin(0, ask(list))).toBe('[]');
    answer = silent;
    expect(await textWithin(NETWORK_MS - 1, ask(list))).toBeNull();
    expect(await textWithin(NETWORK_MS, ask(list))).toBe('[]');
    expect(await textWithin(10 * NETWORK_MS, ask('demos/other.json'))).toBeNull();
  });

  it('and a network that is only slow is waited for where there is no copy', async () => {
    const { storage } = memory();
    const slow = () => new Promise<Response>((resolve) => setTimeout(() => resolve(json()), 3 * NETWORK_MS));
    const { ask } = copyOver(slow, storage);
    expect(await textWithin(4 * NETWORK_MS, ask(list))).toBe('[]');
  });

  it('nor does a kept file that cannot be forgotten spoil the one from the network', async () => {
    const { storage } = memory();
    const box = await storage.open('latentlift-page /page/ b2');
    await box.put(scope + script, js('damaged'));
    const stubborn = {
      ...storage,
      open: async (name: string) =>
        ({
          ...(await storage.open(name)),
          delete: () => Promise.reject(new DOMException('no', 'UnknownError')),
        }) as unknown as Cache,
    };
    const { ask } = copyOver(() => js(code), stubborn);
    expect(await textWithin(0, ask(script))).toBe(code);
  });
});
