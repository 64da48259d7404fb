/** Why a request to another site comes back with nothing; browsers do not say which. */
export const UNREACHED = 'the network failed, or its server does not let other pages read it (CORS)';

type Body = ReadableStream<Uint8Array<ArrayBuffer>>;

/**
 * The pieces of a body as they come. A break throws what `broke` makes of it, a cancel the signal's reason; whoever stops listening
 * ends the download.
 */
export async function* piecesOf(
  body: Body,
  signal: AbortSignal | undefined,
  broke: (cause: unknown) => Error,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        signal?.throwIfAborted();
        throw broke(cause);
      });
      signal?.throwIfAborted();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
