import { existsSync, readdirSync, statSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
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

/**
 * The files that arguments name, each once: files as they are, folders with what the command is for in and below them, patterns that the
 * shell left alone. Throws file/unreadable where an argument names nothing.
 */
export function findFiles(names: readonly string[], command: Command = 'info'): string[] {
  const found = names.flatMap((name) => {
    if (existsSync(name)) {
      return statSync(name).isDirectory() ? within(name).filter((path) => isFor(command, path)) : [name];
    }
    if (!GLOB.test(name)) {
      throw new AppError('file/unreadable', `There is no file or folder "${name}". Check the path.`);
    }
    const fixed = slashed(name).split('/');
    const root = fixed
      .slice(
        0,
        fixed.findIndex((part) => GLOB.test(part)),
      )
      .join('/');
    const folder = root === '' ? (name.startsWith('/') ? '/' : '.') : root;
    const pattern = globPattern(slashed(name));
    const matching = existsSync(folder) ? within(folder).filter((path) => pattern.test(slashed(path))) : [];
    if (matching.length === 0) throw new AppError('file/unreadable', `No file matches "${name}".`);
    return matching;
  });
  return [...new Set(found)];
}
