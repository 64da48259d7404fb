import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT: string = fileURLToPath(new URL('../', import.meta.url));

export const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Paths under `folder` that `fits` takes, relative to the repository's root. */
export const filesUnder = (folder: string, fits: RegExp): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => fits.test(path) && !path.includes('node_modules'));

/** Everything that is written for people who work on the project or run it. */
export const documents = (): string[] => [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'training/README.md',
  'public/models/README.md',
  ...filesUnder('docs', /\.md$/),
];

/** The text without fenced code, whose brackets and headings are none. */
const prose = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '');

/** A heading's name in an address, as GitHub makes it: letters, digits, `-` and `_` in lower case, spaces as hyphens. */
const slug = (heading: string): string =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

/** The anchors of a document, its own and those of its headings; a heading that comes again has a number behind it. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map(([, name = '']) => name));
  for (const [, heading] of prose(text).matchAll(/^#{1,6} +(.+)$/gm)) {
    const name = slug(heading ?? '');
    let anchor = name;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${name}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** The targets of a document's links and pictures that lie in the repository. */
export const linksOf = (text: string): string[] =>
  [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target ?? '')
    .filter((target) => !/^[a-z]+:/i.test(target));

/** Why `target`, as written in `document`, leads nowhere, or null. */
export function brokenLink(document: string, target: string): string | null {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? document : normalize(join(dirname(document), path));
  if (file.startsWith('..')) return `${target} leaves the repository`;
  if (!existsSync(join(ROOT, file))) return `${target} is not there`;
  if (anchor === undefined) return null;
  return anchorsOf(textOf(file)).has(anchor) ? null : `${target}: ${file} has no such heading`;
}

/** Paths of the repository that stand between backticks; of a pattern (`families/<id>.ts`) the folder that it is for. */
export const pathsIn = (text: string): string[] =>
  [...prose(text).matchAll(/`((?:src|workers|scripts|e2e|bench|training|public|docs)\/[^`\s]*)`/g)].map(
    ([, path = '']) => (/[<*{]/.test(path) ? dirname(`${path.split(/[<*{]/)[0]}x`) : path),
  );

/** Tests that a document names behind a link to their file, `[file](path): "name"`, and that are not there. */
export const missingTests = (document: string): string[] =>
  [...textOf(document).matchAll(/\]\(([^)\s]+\.ts)\): "([^"]+)"/g)].flatMap(([, target = '', name = '']) =>
    textOf(join(dirname(document), target)).includes(name) ? [] : [`${target}: ${name}`],
  );

/** Constants that a document names in a line with links to sources, and that none of those holds. */
export const missingConstants = (document: string): string[] =>
  textOf(document)
    .split('\n')
    .flatMap((line) => {
      const sources = linksOf(line).filter((target) => /\.ts$/.test(target));
      const text = sources.map((target) => textOf(join(dirname(document), target))).join('');
      const names = [...line.matchAll(/`([A-Z][A-Z0-9]*_[A-Z0-9_]+)`/g)].map(([, name = '']) => name);
      return sources.length === 0 ? [] : names.filter((name) => !text.includes(name));
    });
