import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesUnder, textOf } from '../documents.ts';
import { DOORS, ENTRIES } from './package-json.ts';

/** Names between braces, without "type" and without what they are called where they are imported. */
const namesIn = (list: string): string[] =>
  list
    .split(',')
    .map((name) => (/^\s*(?:type )?(\w+)/.exec(name) ?? [])[1] ?? '')
    .filter((name) => name !== '');

/** What a door's source gives away. */
function exportsOf(path: string): Set<string> {
  const text = textOf(path);
  const lists = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list = '']) =>
    namesIn(list),
  );
  const own = [...text.matchAll(/^export (?:async )?(?:const|function|class|interface|type) (\w+)/gm)].map(
    ([, name = '']) => name,
  );
  const halves = [...text.matchAll(/^export \* from '([^']+)'/gm)].flatMap(([, half = '']) => [
    ...exportsOf(join(dirname(path), half)),
  ]);
  return new Set([...lists, ...own, ...halves]);
}

/** The page, and what it is built of: all that asks something of the engine. */
const pageFiles = [
  'src/main.ts',
  ...['app', 'browser', 'page', 'ui'].flatMap((folder) => filesUnder(`src/${folder}`, /\.ts$/)),
].filter((path) => !path.endsWith('.test.ts'));

/** The page's other two workers and its policy: none of them is the engine's, none of the package's. */
const PAGE_ALONE = /\/((later-)?picture-client|file-reader|trusted-scripts|picture-\w+|measure\w*)\.ts$/;

describe('the page', () => {
  it('asks nothing of the engine that the public door does not offer', () => {
    const door = exportsOf(ENTRIES.index);
    const asked = pageFiles.flatMap((path) =>
      [...textOf(path).matchAll(/import (?:type )?\{([^}]*)\} from '([^']*\/(?:client|contract)\/[^']*)'/g)]
        .filter(([, , target = '']) => !PAGE_ALONE.test(target))
        .flatMap(([, list = '', target]) =>
          namesIn(list)
            .filter((name) => !door.has(name))
            .map((name) => `${path}: ${name} of ${target}`),
        ),
    );
    expect(asked).toEqual([]);
  });

  it('makes its engine through the door', () => {
    const making = pageFiles.filter((path) =>
      /create-engine-client|workers\/(?!.*\.worker)/.test(textOf(path)),
    );
    expect(making).toEqual([]);
    expect(textOf('src/main.ts')).toMatch(/createEngineClient[^;]*from '\.\/lib\/engine-client\.ts'/);
  });
});

describe.each(Object.entries(DOORS))('the reference of %s', (_door, entry) => {
  it('has everything that the door gives, and nothing else', () => {
    const text = textOf(`docs/api/${entry}.md`);
    const told = [...text.matchAll(/^### (?:~~)?(\w+)/gm)].map(([, name = '']) => name);
    expect([...new Set(told)].sort()).toEqual([...exportsOf(ENTRIES[entry])].sort());
  });
});
