/** What a JSON text may have before it is parsed: parsed, each list, object or key costs tens of times its characters. */
export interface JsonLimits {
  /** Lists and objects inside one another. */
  readonly depth: number;
  /** Lists, objects and their members together. */
  readonly members: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const DOT = 0x2e;
const MINUS = 0x2d;
const LETTER_E = 0x65;
const LIST = 0x5b;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;

/** What was seen first; a fraction is a number with a point, a sign or an exponent, which `JSON.parse` may make whole. */
export type JsonVerdict = 'fine' | 'too-much' | 'fraction';

const isDigit = (letter: number): boolean => letter >= 0x30 && letter <= 0x39;

/**
 * A text against `limits`, by one pass over its characters that keeps nothing. Says nothing of whether it is JSON: what is not
 * too much may be given to `JSON.parse`, and to code that recurses `depth` deep.
 */
export function judgeJson(text: string, { depth, members }: JsonLimits): JsonVerdict {
  let hasFraction = false;
  let [open, seen] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    const letter = text.charCodeAt(i);
    if (letter === QUOTE) {
      for (i++; i < text.length && text.charCodeAt(i) !== QUOTE; i++) {
        if (text.charCodeAt(i) === BACKSLASH) i++;
      }
    } else if (letter === LIST || letter === OBJECT) {
      open++;
      seen++;
      if (open > depth) return 'too-much';
    } else if (letter === LIST_END || letter === OBJECT_END) open--;
    else if (letter === COMMA) seen++;
    else if (letter === DOT || letter === MINUS) hasFraction = true;
    else if ((letter | 32) === LETTER_E && isDigit(text.charCodeAt(i - 1))) hasFraction = true;
    if (seen > members) return 'too-much';
  }
  return hasFraction ? 'fraction' : 'fine';
}
