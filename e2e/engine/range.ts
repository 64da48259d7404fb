import type { IncomingMessage } from 'node:http';

/** From where a request wants a file of `sizeBytes`, and the status and headers of the answer that gives the rest of it, or all. */
export function restOf(request: IncomingMessage, sizeBytes: number) {
  const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  return {
    start,
    status: start > 0 ? 206 : 200,
    headers: {
      'Content-Length': sizeBytes - start,
      ...(start > 0 && { 'Content-Range': `bytes ${start}-${sizeBytes - 1}/${sizeBytes}` }),
    },
  };
}
