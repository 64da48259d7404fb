/** How a fake file server behaves; may be turned between requests. */
export interface ServerBehaviour {
  body: Uint8Array<ArrayBuffer>;
  status: number;
  contentType: string;
  etag: string | null;
  /** Whether it can give parts of a file. */
  hasRanges: boolean;
  /** How it says that bodies are compressed; they are not. */
  encoding: string | null;
  /** Whether it lets other sites read Content-Range, as CORS has it by default not. */
  hidesRange: boolean;
  hidesLength: boolean;
  /** The connection breaks after this many bytes of an answer. */
  breaksAfter: number;
  /** Nothing more comes after this many bytes of an answer, and nothing tells of it. */
  stallsAfter: number;
  /** Called before each piece of a body. */
  beforePiece: () => void;
}

export const calmServer = (body: Uint8Array<ArrayBuffer>): ServerBehaviour => ({
  body,
  status: 200,
  contentType: 'application/octet-stream',
  etag: '"one"',
  hasRanges: true,
  encoding: null,
  hidesRange: false,
  hidesLength: false,
  breaksAfter: Number.POSITIVE_INFINITY,
  stallsAfter: Number.POSITIVE_INFINITY,
  beforePiece: () => {},
});

/** A `fetch` that answers every address with one file, in pieces; `ranges` and `caches` note what each request asked for. */
export function fakeServer(behaviour: ServerBehaviour, pieceBytes = 1000) {
  const ranges: (string | null)[] = [];
  const caches: (RequestCache | undefined)[] = [];
  const answer: typeof fetch = async (_, init = {}) => {
    const { signal } = init;
    signal?.throwIfAborted();
    const { body, status, etag, hasRanges } = behaviour;
    const asked = new Headers(init.headers).get('range');
    ranges.push(asked);
    caches.push(init.cache);
    const start = hasRanges && asked !== null ? Number(/bytes=(\d+)-/.exec(asked)?.[1]) : 0;
    if (start >= body.length && start > 0) return new Response(null, { status: 416 });
    const headers = new Headers({ 'content-type': behaviour.contentType });
    if (!behaviour.hidesLength) headers.set('content-length', `${body.length - start}`);
    if (etag !== null) headers.set('etag', etag);
    if (behaviour.encoding !== null) headers.set('content-encoding', behaviour.encoding);
    const isPart = start > 0;
    if (isPart && !behaviour.hidesRange) {
      headers.set('content-range', `bytes ${start}-${body.length - 1}/${body.length}`);
    }
    let at = start;
    const stream = new ReadableStream<Uint8Array>({
      async pull(controller) {
        behaviour.beforePiece();
        await new Promise((resolve) => setTimeout(resolve, 0));
        if (signal?.aborted) return controller.error(signal.reason);
        if (at - start >= behaviour.stallsAfter) return new Promise<void>(() => {});
        if (at - start >= behaviour.breaksAfter) return controller.error(new TypeError('network error'));
        if (at >= body.length) return controller.close();
        controller.enqueue(body.slice(at, at + pieceBytes));
        at += pieceBytes;
      },
    });
    return new Response(stream, { status: isPart ? 206 : status, headers });
  };
  return { fetch: answer, ranges, caches };
}
