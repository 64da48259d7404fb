/** A text in the browser's local storage; where that is off, nothing is kept. */
export interface StoredText {
  read(): string | null;
  write(text: string): void;
}

export const storedText = (key: string): StoredText => ({
  read() {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  write(text) {
    try {
      localStorage.setItem(key, text);
    } catch {
      // Storage is off.
    }
  },
});

/** The choice of models. */
export const storedChoices = storedText('latentlift-models');

/** Asks the browser to keep what the page stores; it may refuse, and then clears it when the disk is full. */
export const keepStorage = async (): Promise<boolean> => (await navigator.storage?.persist?.()) ?? false;
