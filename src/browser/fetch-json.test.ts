import { afterEach, describe, expect, it, vi } from 'vitest';
import { fetchJson } from './fetch-json.ts';

const url = new URL('https://example.org/lift/models/manifest.json');
const answer = (respond: (signal: AbortSignal) => Promise<Response>) =>
  vi.stubGlobal('fetch', (_: URL, { signal }: { signal: AbortSignal }) => respond(signal));

afterEach(() => vi.unstubAllGlobals());

describe('a list of the page', () => {
  it('is read', async () => {
    answer(async () => new Response('{"a":1}'));
    expect(await fetchJson(url)).toEqual({ a: 1 });
  });

  it.each([
    [
      'is missing',
      async () => new Response('', { status: 404 }),
      /manifest\.json.*answered 404.*published whole/,
    ],
    [
      'is answered with the page itself, as single-page hosts do',
      async () => new Response('<!doctype html><title>LatentLift</title>'),
      /manifest\.json.*begins with “<!doctype html><ti.*instead of JSON.*published whole/,
    ],
    ['is not reached', () => Promise.reject(new TypeError('NetworkError')), /not reached.*connection/],
    [
      'never comes',
      (signal: AbortSignal) =>
        new Promise<Response>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      /not come within 0\.05 s.*Try again/,
    ],
    [
      'stops halfway',
      async (signal: AbortSignal) =>
        new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue(new TextEncoder().encode('{"mod'));
              signal.addEventListener('abort', () => controller.error(signal.reason));
            },
          }),
        ),
      /not come within 0\.05 s/,
    ],
  ])('that %s is a sentence that says what to do', async (_name, respond, sentence) => {
    answer(respond);
    await expect(fetchJson(url, 50)).rejects.toMatchObject({
      name: 'AppError',
      code: 'model/fetch',
      message: expect.stringMatching(sentence),
    });
  });
});
