import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAMILIES } from '../src/core/families/index.ts';
import {
  anchorsOf,
  brokenLink,
  documents,
  filesUnder,
  linksOf,
  missingConstants,
  missingTests,
  pathsIn,
  ROOT,
  textOf,
} from './documents.ts';

describe.each(documents())('%s', (document) => {
  it('has no link that leads nowhere', () => {
    const broken = linksOf(textOf(document)).map((target) => brokenLink(document, target));
    expect(broken.filter((why) => why !== null)).toEqual([]);
  });

  it('names no path that is not there', () => {
    expect(pathsIn(textOf(document)).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('names no test and no constant that is gone', () => {
    expect(missingTests(document)).toEqual([]);
    expect(missingConstants(document)).toEqual([]);
  });
});

describe('the documents', () => {
  it('are each linked from another one', () => {
    const linked = new Set(
      documents().flatMap((document) =>
        linksOf(textOf(document)).map((target) => join(document, '..', target.split('#')[0] ?? '')),
      ),
    );
    expect(documents().filter((document) => document !== 'README.md' && !linked.has(document))).toEqual([]);
  });

  it('tell the numbers of every latent family', () => {
    const rows = textOf('docs/facts/latents.md').split('\n');
    const told = FAMILIES.map(({ id, channels, pixelsPerCell }) => {
      const [, , inFile, cell] = rows.find((row) => row.startsWith(`| \`${id}\` |`))?.split('|') ?? [];
      return [id, Number.parseInt(inFile ?? '', 10) === channels, Number(cell) === pixelsPerCell];
    });
    expect(told).toEqual(FAMILIES.map(({ id }) => [id, true, true]));
  });

  it('are there where comments cite them', () => {
    const sources = ['src', 'workers', 'scripts', 'e2e', 'bench', 'training'].flatMap((folder) =>
      filesUnder(folder, /\.(ts|mjs|py|css)$/),
    );
    const broken = sources.flatMap((path) =>
      [...textOf(path).matchAll(/docs\/[\w/-]+\.md(?:#[\w-]+)?/g)].flatMap(([target]) => {
        const why = brokenLink('README.md', target);
        return why === null ? [] : [`${path}: ${why}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  it('are judged as GitHub shows them', () => {
    const text = '# Words, `code` & [links](x.md)\n## Same\n## Same\n```\n# none\n[a](nowhere.md)\n```\n';
    expect([...anchorsOf(text)]).toEqual(['words-code--links', 'same', 'same-1']);
    expect(linksOf(text)).toEqual(['x.md']);
    expect(brokenLink('docs/hosting.md', '../README.md#no-such-heading')).toMatch(/no such heading/);
    expect(brokenLink('README.md', '../elsewhere.md')).toMatch(/leaves/);
    expect(pathsIn('`src/core/families/<id>.ts` and `workers/nothing.ts`')).toEqual([
      'src/core/families',
      'workers/nothing.ts',
    ]);
  });
});

describe('an editor', () => {
  it('finds every TypeScript file in one of the projects of tsconfig.json', () => {
    const { references } = JSON.parse(textOf('tsconfig.json')) as { references: { path: string }[] };
    const known = new Set(
      references.flatMap(({ path }) =>
        spawnSync('npx', ['tsc', '-p', path, '--listFilesOnly'], { cwd: ROOT, encoding: 'utf8' })
          .stdout.split('\n')
          .map((line) => line.replace(ROOT, '')),
      ),
    );
    const all = ['src', 'workers', 'scripts', 'e2e', 'bench', 'training']
      .flatMap((folder) => filesUnder(folder, /\.m?ts$/))
      .concat('vite.config.ts', 'playwright.config.ts');
    expect(all.filter((path) => !known.has(path))).toEqual([]);
  });
});
