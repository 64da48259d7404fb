import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, extname, join, relative, resolve, sep } from 'node:path';
import { AppError } from '../../core/errors.ts';
import type { Command } from './cli-options.ts';

/** Extensions of what can be opened; in folders all else is passed by. */
export const OPENABLE: ReadonlySet<string> = new Set(
  ['npy', 'npz', 'safetensors', 'latent', 'pt', 'pth', 'ckpt', 'bin', 'png', 'jpg', 'jpeg'].map(
    (name) => `.${name}`,
  ),
);

const PICTURES: ReadonlySet<string> = new Set(['.png', '.jpg', '.jpeg']);

/** Which files of a folder a command is for; what is named, or matches a pattern, is taken as it is. */
export function isFor(command: Command, path: string): boolean {
  const extension = extname(path).toLowerCase();
  if (!OPENABLE.has(extension)) return false;
  // Pictures lie beside latents as their previews and results. Latents in a PNG have to be named.
  if (command === 'decode' || command === 'convert') return !PICTURES.has(extension);
  return command === 'encode' ? PICTURES.has(extension) : true;
}

const GLOB = /[*?{[]/;

/** A shell pattern as a regular expression over paths with "/": `*`, `**`, `?`, `{a,b}` and `[a-z]`. */
export function globPattern(glob: string): RegExp {
  const source = glob.replace(/\*\*\/|\*\*|\*|\?|\{|\}|,|\[!?|[.+^$()|\\]/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part === '{') return '(?:';
    if (part === '}') return ')';
    if (part === ',') return '|';
    if (part.startsWith('[')) return part === '[!' ? '[^' : '[';
    return `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}

const within = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();

const slashed = (path: string): string => path.split(sep).join('/').replace(/^\.\//, '');

/** A file that was named, and the folders between what named it and the file: they are kept below --out. */
export interface FoundFile {
  readonly path: string;
  /** Relative; "" where there are none. */
  readonly below: string;
}

const foundIn = (folder: string, paths: readonly string[]): FoundFile[] =>
  paths.map((path) => ({ path, below: relative(folder, dirname(path)) }));

/** The folder that all lie in. */
function commonFolder(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => dirname(resolve(path)).split(sep));
  const shared = first.findIndex((part, k) => others.some((parts) => parts[k] !== part));
  return (shared < 0 ? first : first.slice(0, shared)).join(sep) || sep;
}

function matching(pattern: string): FoundFile[] {
  const parts = slashed(pattern).split('/');
  const root = parts
    .slice(
      0,
      parts.findIndex((part) => GLOB.test(part)),
    )
    .join('/');
  const folder = root === '' ? (pattern.startsWith('/') ? '/' : '.') : root;
  const wanted = globPattern(slashed(pattern));
  const paths = existsSync(folder) ? within(folder).filter((path) => wanted.test(slashed(path))) : [];
  if (paths.length === 0) throw new AppError('file/unreadable', `No file matches "${pattern}".`);
  return foundIn(folder, paths);
}

function inFolder(folder: string, command: Command): FoundFile[] {
  const paths = within(folder).filter((path) => isFor(command, path));
  if (paths.length > 0) return foundIn(folder, paths);
  throw new AppError(
    'file/unreadable',
    `There is nothing for ${command} in "${folder}". Name the files, or another folder.`,
  );
}

/**
 * The files that arguments name, each once: files as they are, folders with what the command is for in and below them, patterns that the
 * shell left alone. Throws file/unreadable where an argument names nothing.
 */
export function findFiles(names: readonly string[], command: Command = 'info'): FoundFile[] {
  const plain = names.filter((name) => existsSync(name) && !statSync(name).isDirectory());
  const base = commonFolder(plain);
  const found = names.flatMap((name) => {
    if (plain.includes(name)) return [{ path: name, below: relative(base, dirname(resolve(name))) }];
    if (existsSync(name)) return inFolder(name, command);
    if (GLOB.test(name)) return matching(name);
    throw new AppError('file/unreadable', `There is no file or folder "${name}". Check the path.`);
  });
  // The same file may be named by its folder as well.
  return [...new Map(found.map((file) => [resolve(file.path), file])).values()];
}
