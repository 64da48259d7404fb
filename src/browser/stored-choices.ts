const KEY = 'latentlift-models';

/** The choice of models in the browser's local storage; where that is off, it holds until the page closes. */
export const storedChoices = {
  read(): string | null {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  },
  write(text: string): void {
    try {
      localStorage.setItem(KEY, text);
    } catch {
      // Storage is off.
    }
  },
};

/** Asks the browser to keep what the page stores; it may refuse, and then clears it when the disk is full. */
export const keepStorage = async (): Promise<boolean> => (await navigator.storage?.persist?.()) ?? false;
