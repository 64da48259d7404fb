import { type Language, languageTag, speak } from '../words/language.ts';
import type { PageWords, Translation } from '../words/translation.ts';

/** One chunk each. */
const TRANSLATIONS: Readonly<Record<Exclude<Language, 'en'>, () => Promise<{ translation: Translation }>>> = {
  de: () => import('../words/de/index.ts'),
  zh: () => import('../words/zh/index.ts'),
};

/** The English of index.html, by element and by the attribute that it stands in; '' is the text itself. */
const english = new WeakMap<Element, Map<string, string>>();

/** Attributes of index.html that people see or hear. */
const ATTRIBUTES = ['title', 'aria-label', 'label'];

/**
 * Changes every word of the page: the catalogue in use, the texts of index.html and what the elements show. Nothing happens where
 * another language `isWanted` by the time that this one is there. Resolves when that is done; rejects where its script cannot be fetched.
 */
export async function translatePage(
  root: Document,
  language: Language,
  isWanted: () => boolean,
): Promise<void> {
  const translation = language === 'en' ? null : (await TRANSLATIONS[language]()).translation;
  if (!isWanted()) return;
  speak(language, translation as Readonly<Record<string, object>> | null);
  root.documentElement.lang = languageTag();
  for (const element of root.querySelectorAll<HTMLElement>('[data-words]')) {
    translateElement(element, translation?.page ?? null);
  }
  for (const element of root.querySelectorAll('*')) {
    if ('requestUpdate' in element && typeof element.requestUpdate === 'function') element.requestUpdate();
  }
}

function translateElement(element: HTMLElement, words: PageWords | null): void {
  const own = english.get(element) ?? ownWords(element);
  english.set(element, own);
  const name = element.dataset['words'] ?? '';
  for (const [attribute, text] of own) {
    const said = words?.[attribute === '' ? name : `${name}@${attribute}`] ?? text;
    if (attribute === '') element.textContent = said;
    else element.setAttribute(attribute, said);
  }
}

/** Of an element that has others within, the attributes alone: those others have words of their own. */
function ownWords(element: HTMLElement): Map<string, string> {
  const attributes = ATTRIBUTES.flatMap((name): [string, string][] => {
    const text = element.getAttribute(name);
    return text === null ? [] : [[name, text]];
  });
  const isPlain = element.childElementCount === 0 && element.textContent.trim() !== '';
  return new Map([...attributes, ...(isPlain ? [['', element.textContent] as [string, string]] : [])]);
}
