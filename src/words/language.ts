/** The languages of the page, by their own names. English is the catalogue itself (`src/words/*.ts`); the others are lazy chunks. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', zh: '中文' } as const;

export type Language = keyof typeof LANGUAGES;

export const isLanguage = (text: string): text is Language => Object.hasOwn(LANGUAGES, text);

type Catalogue = Readonly<Record<string, object>>;

/** As `<html lang>` and Intl want it. */
const TAGS: Readonly<Record<Language, string>> = { en: 'en', de: 'de', zh: 'zh-Hans' };

let spoken: Language = 'en';
let translation: Catalogue | null = null;

/** The language in use, as a BCP 47 tag. */
export const languageTag = (): string => TAGS[spoken];

/** From now on every area speaks `language`; `catalogue` is null for English. What is on the screen has to be drawn again. */
export function speak(language: Language, catalogue: Catalogue | null): void {
  spoken = language;
  translation = catalogue;
}

/**
 * The words of one part of the page. `english` rides in the chunk of whoever uses it; the function gives the translation of the
 * same name where one is in use, so it is to be asked for at every drawing. That the two have the same keys is held by `Translation`.
 */
export const area =
  <Words extends object>(name: string, english: Words): (() => Words) =>
  () =>
    (translation?.[name] ?? english) as Words;

/** What a translation says of one thing of a registry, whose object owns its English words; `own` where it says nothing. */
export const wordsOf = <Words extends object>(registry: string, id: string, own: Words): Words =>
  (translation?.[registry] as Readonly<Record<string, Words>> | undefined)?.[id] ?? own;
