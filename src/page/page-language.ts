import { chooseLanguage } from '../words/choose-language.ts';
import { isLanguage, type Language } from '../words/language.ts';

const KEY = 'latentlift-language';

/**
 * Speaks the language that address, memory or browser ask for, and the one that is chosen in `select`, which is remembered. What
 * another language needs comes with its first use; `redraw` is called when the words have changed.
 */
export function installLanguage(select: HTMLSelectElement, redraw: () => void): void {
  let wanted = chooseLanguage(location.href, read(), navigator.languages);

  async function change(language: Language): Promise<void> {
    wanted = language;
    select.value = language;
    const { translatePage } = await import('./translate-page.ts');
    await translatePage(document, language, () => wanted === language);
    redraw();
  }

  select.addEventListener('change', () => {
    if (!isLanguage(select.value)) return;
    keep(select.value);
    void change(select.value);
  });
  if (wanted === 'en') select.value = 'en';
  else void change(wanted);
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** From now on the choice holds, whatever a link asked for. */
function keep(language: Language): void {
  const url = new URL(location.href);
  if (url.searchParams.has('lang')) {
    url.searchParams.set('lang', language);
    history.replaceState(null, '', url);
  }
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // Storage is off: the choice holds until the page closes.
  }
}
