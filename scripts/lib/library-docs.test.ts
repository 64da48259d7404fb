import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { documents } from '../documents.ts';
import { packageJson } from './package-json.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'node_modules/.cache/latentlift-docs');

const blocks = (document: string, language: string): string[] =>
  [
    ...readFileSync(join(root, document), 'utf8').matchAll(
      new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'),
    ),
  ].map(([, code = '']) => code);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the samples in the documents', () => {
  it('compile against the doors of the library that they import', { timeout: 240_000 }, () => {
    mkdirSync(folder, { recursive: true });
    const doors = {
      latentlift: 'index',
      'latentlift/engine': 'engine',
      'latentlift/worker': 'worker',
      'latentlift/element': 'element',
      'latentlift/node': 'node/index',
    };
    const config = {
      extends: join(root, 'tsconfig.base.json'),
      compilerOptions: {
        lib: ['ES2023', 'DOM', 'DOM.Iterable', 'WebWorker'],
        types: ['node', '@webgpu/types', 'vite/client'],
        typeRoots: [join(root, 'node_modules/@types'), join(root, 'node_modules')],
        // The doors' own sources are checked elsewhere, each against its own globals.
        noUnusedLocals: false,
        paths: Object.fromEntries(
          Object.entries(doors).map(([door, file]) => [door, [join(root, `src/lib/${file}.ts`)]]),
        ),
      },
      files: documents()
        .flatMap((document) => blocks(document, 'ts'))
        .map((code, k) => {
          writeFileSync(join(folder, `example-${k}.ts`), code);
          return `example-${k}.ts`;
        }),
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const { stdout } = spawnSync('npx', ['tsc', '-p', join(folder, 'tsconfig.json')], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(stdout.split('\n').filter((line) => line.includes('example-'))).toEqual([]);
    expect(config.files.length).toBeGreaterThan(12);
  });

  it('show the five lines of the README as the example has them', () => {
    const example = readFileSync(join(root, 'examples/node/five-lines.mjs'), 'utf8');
    expect(blocks('README.md', 'js')).toEqual([example]);
    expect(blocks('docs/library.md', 'ts').some((code) => code === example)).toBe(true);
  });

  it('name every door of the package', () => {
    const { exports } = packageJson() as { exports: Record<string, unknown> };
    const text = readFileSync(join(root, 'docs/library.md'), 'utf8');
    for (const door of ['./engine', './worker', './element', './node', './models/*']) {
      expect(Object.keys(exports)).toContain(door);
      expect(text).toContain(`latentlift/${door.slice(2)}`);
    }
  });
});
