import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const DOORS = ['index', 'engine', 'worker', 'element', 'latentlift.worker', 'node'] as const;

const STATIC_IMPORT = /(?:from|import)\s*["`]\.\/([^"`]+)["`]/g;
/** These are there once their later half has come. */
const STARTERS: ReadonlySet<string> = new Set(['element', 'latentlift.worker']);
const ANY_IMPORT = /(?:from|import)\s*\(?["`]\.\/([^"`]+)["`]/g;

/** A built file and all that it imports at once; what it imports later is left out. */
function withImports(
  dist: string,
  file: string,
  seen = new Set<string>(),
  pattern = STATIC_IMPORT,
): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, name = ''] of readFileSync(join(dist, file), 'utf8').matchAll(pattern)) {
    withImports(dist, name, seen);
  }
  return seen;
}

export interface DoorSize {
  readonly door: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

/** What a browser downloads for each door of the package, minified, without the runtime and the models. */
export const doorSizes = (dist: string): DoorSize[] =>
  DOORS.map((door) => {
    const files = [
      ...withImports(dist, `${door}.js`, new Set(), STARTERS.has(door) ? ANY_IMPORT : STATIC_IMPORT),
    ].map((file) => readFileSync(join(dist, file)));
    const sum = (size: (file: Buffer) => number): number =>
      files.reduce((total, file) => total + size(file), 0);
    return { door, bytes: sum((file) => file.length), gzipBytes: sum((file) => gzipSync(file).length) };
  });

export const sizeTable = (dist: string): string =>
  [
    '| entry | bytes | gzip |',
    '|---|---|---|',
    ...doorSizes(dist).map(({ door, bytes, gzipBytes }) => `| ${door} | ${bytes} | ${gzipBytes} |`),
  ].join('\n');
