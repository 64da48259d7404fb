import { describe, expect, it } from 'vitest';
import demoList from '../../public/demos/demos.json';
import { KNOWN_WEIGHTS } from '../app/models/known-weights.ts';
import { METHODS } from '../contract/methods.ts';
import { toolButtons } from '../page/commands.ts';
import { VIEWS } from '../ui/stage/views/index.ts';
import { belowWords } from './below.ts';
import { translation as de } from './de/index.ts';
import { exportsWords } from './exports.ts';
import { filesWords } from './files.ts';
import { helpWords } from './help.ts';
import { howWords } from './how.ts';
import { itemsWords } from './items.ts';
import { LANGUAGES, type Language, speak } from './language.ts';
import { modelsWords } from './models.ts';
import { decimal, plural } from './numbers.ts';
import { raceWords } from './race.ts';
import { stageWords } from './stage.ts';
import type { Translation } from './translation.ts';
import { verdictWords } from './verdict.ts';
import { workWords } from './work.ts';
import { translation as zh } from './zh/index.ts';

const TRANSLATIONS: Readonly<Record<Exclude<Language, 'en'>, Translation>> = { de, zh };

const AREAS = {
  stage: stageWords,
  work: workWords,
  below: belowWords,
  items: itemsWords,
  models: modelsWords,
  exports: exportsWords,
  files: filesWords,
  how: howWords,
  race: raceWords,
  verdict: verdictWords,
  help: helpWords,
} as const;

/** What is one word in the languages of the field, or no word at all. */
const ALIKE = new Set([
  ...[
    'Original',
    'Ref',
    'Zoom',
    'Tensor',
    'Text',
    'Seed',
    'Guidance',
    'Sampler',
    'Scheduler',
    'Download',
    'CPU',
  ],
  ...[
    'Decoder',
    'Upscaler',
    'Encoder',
    'Interposer',
    'Format',
    'Detail',
    'JPEG',
    'WebP',
    'LUA',
    '−',
    '+',
    '.',
  ],
  ...['Eileen Collins', '100%', 'Latent, «0»'],
]);

type Words = { readonly [key: string]: unknown };

/** Every leaf of a catalogue by its path: `stage.runs.cold`. */
function leaves(words: unknown, path: string): [string, unknown][] {
  if (typeof words !== 'object' || words === null) return [[path, words]];
  return Object.entries(words as Words).flatMap(([key, value]) => leaves(value, `${path}.${key}`));
}

/** Text with marks in the place of its parameters; null where a parameter wants something else than text. */
function spoken(words: unknown): string {
  if (typeof words !== 'function') return String(words);
  const marks = Array.from({ length: words.length }, (_, index) => `«${index}»`);
  try {
    return words(...marks);
  } catch {
    return words(...marks.map((mark) => [mark]));
  }
}

const marksOf = (text: string): string[] => [...new Set(text.match(/«\d»/g) ?? [])].sort();

/** Without parameters, numbers and signs nothing may be left to translate. */
const hasWords = (text: string): boolean => /\p{L}{2}/u.test(text.replace(/«\d»|\bpx\b|\bdB\b/g, ''));

describe.each(Object.entries(TRANSLATIONS))('the words in %s', (language, translation) => {
  it.each(Object.entries(AREAS))('of %s have the keys and parameters of the English ones', (name, area) => {
    const own = leaves(translation[name as keyof typeof AREAS], name);
    const english = leaves(area(), name);
    expect(own.map(([path]) => path).sort()).toEqual(english.map(([path]) => path).sort());
    const said = new Map(own);
    for (const [path, words] of english) {
      expect(marksOf(spoken(said.get(path))), path).toEqual(marksOf(spoken(words)));
    }
  });

  it.each(Object.entries(AREAS))('of %s are translated', (name, area) => {
    const said = new Map(leaves(translation[name as keyof typeof AREAS], name));
    const left = leaves(area(), name).filter(([path, words]) => {
      const text = spoken(words);
      return text === spoken(said.get(path)) && hasWords(text) && !ALIKE.has(text);
    });
    expect(left.map(([path]) => path)).toEqual([]);
  });

  it('name every thing of a registry', () => {
    expect(Object.keys(translation.methods).sort()).toEqual(METHODS.map(({ id }) => id).sort());
    expect(Object.keys(translation.views).sort()).toEqual(VIEWS.map(({ mode }) => mode).sort());
    expect(Object.keys(translation.buttons).sort()).toEqual(
      toolButtons()
        .map(({ name }) => name)
        .sort(),
    );
    expect(Object.keys(translation.demos).sort()).toEqual(demoList.demos.map(({ id }) => id).sort());
    const purposes = [...new Set(KNOWN_WEIGHTS.flatMap(({ purpose }) => purpose ?? []))];
    expect(Object.keys(translation.purposes).sort()).toEqual(purposes.sort());
  });

  it('end as the English ones do: a sentence with its full stop, a label without', () => {
    const ends = /[.。…]$/;
    for (const [name, area] of Object.entries(AREAS)) {
      const said = new Map(leaves(translation[name as keyof typeof AREAS], name));
      for (const [path, words] of leaves(area(), name)) {
        const text = spoken(words).trim();
        if (hasWords(text)) expect(ends.test(spoken(said.get(path)).trim()), path).toBe(ends.test(text));
      }
    }
  });

  it('are those that the areas speak once they are spoken', () => {
    speak(language as Language, translation as unknown as Readonly<Record<string, object>>);
    try {
      for (const [name, area] of Object.entries(AREAS)) {
        expect(area()).toBe(translation[name as keyof typeof AREAS]);
      }
    } finally {
      speak('en', null);
    }
    expect(stageWords().stopped).toBe('Stopped.');
  });
});

describe('numbers', () => {
  it('have the point of the language, and no marks between thousands', () => {
    expect(decimal(1234.5, 2)).toBe('1234.50');
    speak('de', TRANSLATIONS.de as unknown as Readonly<Record<string, object>>);
    expect([decimal(1234.5, 2), decimal(0.31, 1)]).toEqual(['1234,50', '0,3']);
    speak('en', null);
  });

  it('are counted as the language counts', () => {
    expect([0, 1, 2].map((count) => plural(count, 'one', 'many'))).toEqual(['many', 'one', 'many']);
    speak('zh', TRANSLATIONS.zh as unknown as Readonly<Record<string, object>>);
    expect(plural(1, 'one', 'many')).toBe('many');
    speak('en', null);
  });
});

it('every language that can be chosen has its catalogue', () => {
  expect(['en', ...Object.keys(TRANSLATIONS)]).toEqual(Object.keys(LANGUAGES));
});
