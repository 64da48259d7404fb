import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A package with the words that its licence asks to be passed on. */
export interface Notice {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly text: string;
}

/** Code that the bundler itself adds, by how its module begins. */
const BUNDLER_PARTS: readonly (readonly [start: string, name: string])[] = [
  ['\0vite/', 'vite'],
  ['\0rolldown/', 'rolldown'],
];

/** Packages that publish no licence file, and which of licences/ has its text. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'onnxruntime-web': 'onnxruntime.txt',
};

/** The folder of the package that a bundled module comes from, or null for our own code. */
export function packageOf(moduleId: string): string | null {
  const [part] = BUNDLER_PARTS.filter(([start]) => moduleId.startsWith(start));
  if (part !== undefined) return join(root, 'node_modules', part[1]);
  const path = moduleId.replace(/^\0/, '').split('?')[0] ?? '';
  const at = path.lastIndexOf(`node_modules${sep}`);
  if (at < 0) return null;
  const [scope = '', name = ''] = path.slice(at + 'node_modules/'.length).split(sep);
  return join(path.slice(0, at), 'node_modules', scope, scope.startsWith('@') ? name : '');
}

/** Reads what a package says of itself. Throws, naming it, where no licence text is to be found. */
export function noticeOf(folder: string): Notice {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license: string;
  };
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.(md|txt))?$/i.test(entry));
  const elsewhere = ELSEWHERE[name];
  const path =
    file !== undefined
      ? join(folder, file)
      : join(dirname(fileURLToPath(import.meta.url)), 'licences', elsewhere ?? name);
  if (!existsSync(path)) throw new Error(`${name} ${version} is bundled, and has no licence text`);
  // Bundlers list what they contain themselves; that is not in the page.
  const [text = ''] = readFileSync(path, 'utf8').split(/^# Licenses of bundled dependencies/m);
  return { name, version, licence: license, text: text.trim() };
}

/** The notices as one text, in the order of names. */
export function writeNotices(notices: readonly Notice[]): string {
  const sorted = notices.toSorted((a, b) => a.name.localeCompare(b.name));
  const parts = sorted.map(
    ({ name, version, licence, text }) => `${'-'.repeat(80)}\n${name} ${version} (${licence})\n\n${text}\n`,
  );
  return `LatentLift contains parts of the following packages.\n\n${parts.join('\n')}`;
}

/** Collects the packages of every bundle, the page's and the workers', and writes THIRD-PARTY-NOTICES.txt. */
export function thirdPartyNotices(): { readonly page: Plugin; readonly worker: () => Plugin } {
  const folders = new Set<string>();
  function collect(bundle: Readonly<Record<string, unknown>>): void {
    for (const output of Object.values(bundle)) {
      const { modules = {} } = output as { modules?: Readonly<Record<string, { renderedLength: number }>> };
      for (const [id, { renderedLength }] of Object.entries(modules)) {
        const folder = renderedLength > 0 ? packageOf(id) : null;
        if (folder !== null) folders.add(folder);
      }
    }
  }
  return {
    worker: () => ({
      name: 'latentlift:notices-worker',
      generateBundle: (_, bundle) => collect(bundle),
    }),
    page: {
      name: 'latentlift:notices',
      apply: 'build',
      generateBundle: {
        order: 'post',
        handler(_, bundle) {
          collect(bundle);
          const source = writeNotices([...folders].map(noticeOf));
          this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-NOTICES.txt', source });
        },
      },
    },
  };
}
