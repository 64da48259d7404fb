import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { restOf } from './range.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

export interface StaticServer {
  /** Address of the folder, ending in a slash. */
  readonly url: string;
  /** Paths asked for so far, below the folder. */
  readonly asked: readonly string[];
  /** What is served instead of files, by name; null for nothing. May be turned between requests. */
  readonly instead: Map<string, { readonly type: string; readonly bytes: Uint8Array } | null>;
  /** Connections that break: after how many bytes, by the ending of a file's name, once each. Files that break can be gone on with. */
  readonly breaks: Map<string, number>;
  /** Ranges asked for so far, with their paths. */
  readonly ranges: readonly string[];
  /** Serves another folder from now on, as after a release. */
  publish(folder: string): void;
  close(): Promise<void>;
}

/**
 * As plain as a static host gets: files of `folder` under `/sub/path/`, with COOP/COEP only if `isIsolated`. `delaysMs` holds
 * back files by name; `headers` go with every file.
 */
export async function serveStatic(
  folder: string,
  isIsolated = false,
  delaysMs: Readonly<Record<string, number>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<StaticServer> {
  const prefix = '/sub/path/';
  const asked: string[] = [];
  const instead: StaticServer['instead'] = new Map();
  const breaks: StaticServer['breaks'] = new Map();
  const ranges: string[] = [];
  let published = folder;
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (!pathname.startsWith(prefix)) {
      response.writeHead(404).end();
      return;
    }
    const name = pathname.slice(prefix.length) || 'index.html';
    asked.push(name);
    const other = instead.get(name);
    if (other !== undefined) {
      response.writeHead(other === null ? 404 : 200, { 'Content-Type': other?.type ?? 'text/plain' });
      response.end(other?.bytes);
      return;
    }
    const path = join(published, normalize(`/${decodeURIComponent(name)}`));
    const found = await stat(path).catch(() => null);
    if (found === null || !found.isFile()) {
      response.writeHead(404).end();
      return;
    }
    const { [name]: delayMs = 0 } = delaysMs;
    await setTimeout(delayMs);
    const { range } = request.headers;
    if (range !== undefined) ranges.push(`${name} ${range}`);
    const rest = restOf(request, found.size);
    const { start } = rest;
    const broken = [...breaks].find(([ending]) => name.endsWith(ending));
    response.writeHead(rest.status, {
      'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
      ...rest.headers,
      ...headers,
      ...(isIsolated && {
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      }),
    });
    if (broken === undefined) {
      createReadStream(path, { start }).pipe(response);
      return;
    }
    const [ending, bytes] = broken;
    breaks.delete(ending);
    const cut = createReadStream(path, { start, end: start + bytes - 1 });
    cut.pipe(response, { end: false });
    // Once the browser has what was written: a connection that is reset takes along what is still on its way.
    cut.once('end', () => setTimeout(300).then(() => response.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${prefix}`,
    asked,
    instead,
    breaks,
    ranges,
    publish: (next) => {
      published = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
