import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestFile } from '../fixtures/latents.ts';
import { restOf } from './range.ts';

/** How the server behaves; may be turned between requests. */
export interface ServerManners {
  /** Milliseconds between pieces of 64 kB. */
  pauseMs: number;
  /** An answer breaks off after this many bytes. */
  breaksAfter: number;
}

export interface WeightsServer {
  readonly url: string;
  readonly manners: ServerManners;
  /** The Range header of each request for a file so far, null for none. */
  readonly ranges: readonly (string | null)[];
  close(): Promise<void>;
}

const PIECE = 65_536;

/** Somebody else's file server: another origin, which lets other pages read its files and gives ranges of them. */
export async function serveWeights(...files: readonly TestFile[]): Promise<WeightsServer> {
  const manners: ServerManners = { pauseMs: 0, breaksAfter: Number.POSITIVE_INFINITY };
  const ranges: (string | null)[] = [];
  const server = createServer(async (request, response) => {
    const cors = {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Headers': 'Range',
      'Access-Control-Expose-Headers': 'Content-Range, ETag',
    };
    const file = files.find(({ name }) => request.url === `/${name}`);
    if (request.method === 'OPTIONS') return void response.writeHead(204, cors).end();
    if (file === undefined) return void response.writeHead(404, cors).end();
    const { bytes } = file;
    ranges.push(request.headers.range ?? null);
    const { start, status, headers } = restOf(request, bytes.length);
    response.writeHead(status, { ...cors, ETag: '"toy"', ...headers });
    for (let at = start; at < bytes.length && !response.destroyed; at += PIECE) {
      if (at - start >= manners.breaksAfter) return void response.destroy();
      response.write(bytes.slice(at, at + PIECE));
      await new Promise((resolve) => setTimeout(resolve, manners.pauseMs));
    }
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    manners,
    ranges,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
