import { stageWords } from '../words/stage.ts';

const KEY = 'latentlift-theme';

/** Puts the chosen theme on the page and lets `button` turn it; without a choice the system's theme holds. Gives what names the button anew. */
export function installTheme(root: HTMLElement, button: HTMLButtonElement): () => void {
  const chosen = read();
  if (chosen !== null) root.dataset['theme'] = chosen;
  const rename = (): void => name(button, (root.dataset['theme'] as Theme | undefined) ?? system());
  rename();
  button.addEventListener('click', () => {
    const next = (root.dataset['theme'] ?? system()) === 'dark' ? 'light' : 'dark';
    const isOwn = next !== system();
    if (isOwn) root.dataset['theme'] = next;
    else delete root.dataset['theme'];
    rename();
    try {
      // Back at the system's theme, the page follows it again.
      if (isOwn) localStorage.setItem(KEY, next);
      else localStorage.removeItem(KEY);
    } catch {
      // Storage is off: the choice holds until the page closes.
    }
  });
  return rename;
}

type Theme = 'light' | 'dark';

const system = (): Theme => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');

function read(): Theme | null {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : null;
  } catch {
    return null;
  }
}

function name(button: HTMLButtonElement, theme: Theme): void {
  const label = theme === 'dark' ? stageWords().lightTheme : stageWords().darkTheme;
  button.setAttribute('aria-label', label);
  button.title = label;
}
