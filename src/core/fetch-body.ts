import { within } from './within.ts';

/** Why a request to another site comes back with nothing; browsers do not say which. */
export const UNREACHED = 'the network failed, or its server does not let other pages read it (CORS)';

/** After so long without a byte a connection is given up: phones lose theirs without being told. */
export const STALL_MS = 30_000;

/** What is said of a connection that was given up. */
export const STALLED = `nothing has come for ${STALL_MS / 1000} s`;

/** The same of one that had given something. */
const STALLED_AFTER = `nothing more has come for ${STALL_MS / 1000} s`;
const BROKE = 'the connection broke';

type Body = ReadableStream<Uint8Array<ArrayBuffer>>;

/**
 * The pieces of a body as they come. A break, and a stall, throw what `broke` makes of what was found; a cancel the signal's reason.
 * Whoever stops listening ends the download.
 */
export async function* piecesOf(
  body: Body,
  signal: AbortSignal | undefined,
  broke: (found: string, cause?: unknown) => Error,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  const reader = body.getReader();
  try {
    for (;;) {
      const next = reader.read().catch((cause: unknown) => {
        signal?.throwIfAborted();
        throw broke(BROKE, cause);
      });
      const { done, value } = await within(next, STALL_MS, () => {
        throw broke(STALLED_AFTER);
      });
      signal?.throwIfAborted();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
