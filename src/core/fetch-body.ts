import { within } from './within.ts';

/** Why a request to another site comes back with nothing; browsers do not say which. */
const UNREACHED = 'the network failed, or its server does not let other pages read it (CORS)';

/** After so long without a byte a connection is given up: phones lose theirs without being told. */
export const STALL_MS = 30_000;

const BROKE = 'the connection broke';

/** What is thrown for a connection of which that was found; a stall has no cause. */
export type Broke = (found: string, cause?: unknown) => Error;

/** Ends what nobody is going to read. One that has broken already says so to whoever ends it, which is of no use to anybody. */
export function letGo(body: Pick<ReadableStream, 'cancel'> | null): void {
  body?.cancel().catch(() => {});
}

/**
 * A request's options for the rest of a file from byte `from`, past the browser's HTTP cache: where a host compresses whole files and no parts,
 * Chromium's joins what it holds of the one with the other, and the file that comes out has the right size and wrong bytes.
 */
function restFrom(from: number): Pick<RequestInit, 'headers' | 'cache'> {
  return { headers: { Range: `bytes=${from}-` }, cache: 'no-store' };
}

/** False for a body that was compressed on its way: its length and ranges are not the file's. */
export const isPlain = (headers: Headers): boolean =>
  (headers.get('content-encoding') ?? 'identity') === 'identity';

/** How many bytes a body has; 0 where that is not told. */
export const lengthOf = (headers: Headers): number =>
  isPlain(headers) ? Number(headers.get('content-length') ?? 0) || 0 : 0;

/** Which bytes an answer begins with, and how many the file has; null where it is the whole, or does not say (CORS hides it by default). */
export function rangeOf(headers: Headers): { readonly start: number; readonly total: number } | null {
  const match = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '');
  return match && { start: Number(match[1]), total: Number(match[2]) };
}

type Body = ReadableStream<Uint8Array<ArrayBuffer>>;

/** How a connection is attended to. */
export interface Attention {
  readonly signal?: AbortSignal | undefined;
  readonly stallMs?: number | undefined;
}

/**
 * The answer of an address. A server that is not reached, and one that says nothing for `stallMs`, throw what `broke` makes of what was
 * found, and the request ends; a cancel throws the signal's reason.
 */
export function answerOf(
  load: typeof fetch,
  url: string,
  { signal, stallMs = STALL_MS, ...init }: Omit<RequestInit, 'signal'> & Attention,
  broke: Broke,
): Promise<Response> {
  const stalled = new AbortController();
  const answer = load(url, {
    ...init,
    signal: signal === undefined ? stalled.signal : AbortSignal.any([signal, stalled.signal]),
  }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw broke(UNREACHED, cause);
  });
  return within(answer, stallMs, () => {
    stalled.abort();
    throw broke(`nothing has come for ${stallMs / 1000} s`);
  });
}

/** An answer whose body begins at byte `from` of the file. */
export interface Opened {
  readonly response: Response;
  readonly from: number;
}

/**
 * The rest of a file from byte `from`, or all of it where a server has no such rest: `isRest` tells whether an answer goes on from there in the
 * very same file. Throws as `answerOf` does.
 */
export async function openRest(
  load: typeof fetch,
  url: string,
  from: number,
  isRest: (response: Response) => boolean,
  attention: Attention,
  broke: Broke,
): Promise<Opened> {
  const open = (start: number): Promise<Response> =>
    answerOf(load, url, { ...attention, ...(start > 0 && restFrom(start)) }, broke);
  const response = await open(from);
  if (from > 0 && isRest(response)) return { response, from };
  // A 200 is the whole file and is used; a range of another one, or none (416), is not.
  if (from === 0 || response.status === 200) return { response, from: 0 };
  letGo(response.body);
  return { response: await open(0), from: 0 };
}

/**
 * The pieces of a body as they come. A break, and a stall, throw what `broke` makes of what was found; a cancel the signal's reason.
 * Whoever stops listening ends the download.
 */
export async function* piecesOf(
  body: Body,
  { signal, stallMs = STALL_MS }: Attention,
  broke: Broke,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  const reader = body.getReader();
  try {
    for (;;) {
      const next = reader.read().catch((cause: unknown) => {
        signal?.throwIfAborted();
        throw broke(BROKE, cause);
      });
      const { done, value } = await within(next, stallMs, () => {
        throw broke(`nothing more has come for ${stallMs / 1000} s`);
      });
      signal?.throwIfAborted();
      if (done) return;
      yield value;
    }
  } finally {
    letGo(reader);
  }
}
