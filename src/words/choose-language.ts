import { isLanguage, type Language } from './language.ts';

/**
 * The language of the page: what the address asks for (`?lang=de`), else what was chosen before, else the first that the browser's
 * `wanted` list (BCP 47 tags) and the page share; English without any.
 */
export function chooseLanguage(address: string, stored: string | null, wanted: readonly string[]): Language {
  const asked = [new URL(address).searchParams.get('lang'), stored, ...wanted];
  for (const tag of asked) {
    const language = tag?.toLowerCase().split(/[-_]/)[0] ?? '';
    if (isLanguage(language)) return language;
  }
  return 'en';
}
