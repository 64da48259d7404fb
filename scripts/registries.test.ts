import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONTAINERS } from '../src/core/containers/index.ts';
import { FAMILIES } from '../src/core/families/index.ts';
import { NETWORKS } from '../src/core/networks/index.ts';
import { VIEWS } from '../src/ui/stage/views/index.ts';
import { filesUnder, textOf } from './documents.ts';

/** What may be added by one file and one line in the registry beside it (CONTRIBUTING.md has the recipes). */
const REGISTRIES = [
  {
    what: 'latent family',
    folder: 'src/core/families',
    things: FAMILIES.length,
    names: FAMILIES.map(({ id }) => id),
    // What one writer's files hold, and what a caller gets who names none. A network says for which families it is.
    named: ['src/core/latent/producer.ts', 'workers/direct/create-engine.ts'],
    asked: 'src/core/networks/',
  },
  {
    what: 'container',
    folder: 'src/core/containers',
    things: CONTAINERS.length,
    // Their names stand in what a few writers of files are known by, and in what is written: neither asks for a new one.
    names: [],
    named: [],
  },
  {
    what: 'network',
    folder: 'src/core/networks',
    things: NETWORKS.length,
    names: NETWORKS.map(({ id }) => id),
    named: [],
    // The few that a first visit needs, by themselves: a new network is none of them.
    excerpt: 'src/core/networks/own-networks.ts',
  },
  {
    what: 'view',
    folder: 'src/ui/stage/views',
    things: VIEWS.length,
    names: VIEWS.map(({ mode }) => mode),
    // With which of them a phone, and an element of its own, begin; and what makes a film and an embedding of the slider.
    named: [
      'src/lib/latent-lift.ts',
      'src/main.ts',
      'src/page/export-dialog.ts',
      'src/page/slider-frames.ts',
    ],
  },
];

const sources = ['src', 'workers']
  .flatMap((folder) => filesUnder(folder, /\.ts$/))
  .filter((path) => !/\.test\.ts$|\/testing\//.test(path));

const codeOf = (path: string): string => textOf(path).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');

/** What a file imports, as paths from the root. */
const importsOf = (path: string): string[] =>
  [...codeOf(path).matchAll(/from '(\.[^']+)'/g)].map(([, target = '']) => join(dirname(path), target));

const importersOf = (path: string): string[] => sources.filter((other) => importsOf(other).includes(path));

describe.each(REGISTRIES)('a $what', ({ folder, things, names, named, asked = folder, excerpt }) => {
  const registry = `${folder}/index.ts`;
  const own = importsOf(registry).filter(
    (path) => dirname(path) === folder && /export const \w+\b.*= (?:\{|\w+\()/.test(codeOf(path)),
  );
  const objects = own.filter(
    (path) => importersOf(path).filter((importer) => importer !== excerpt).length === 1,
  );

  it('is one file, which the registry alone imports', () => {
    expect(objects.map((path) => basename(path))).toHaveLength(things);
  });

  it('is called by its name nowhere else', () => {
    const telling = sources.filter(
      (path) =>
        !path.startsWith(`${folder}/`) &&
        !path.startsWith(asked) &&
        names.some((name) => codeOf(path).includes(`'${name}'`)),
    );
    expect(telling.sort()).toEqual([...named].sort());
  });
});
