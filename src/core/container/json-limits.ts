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
const LIST = 0x5b;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;

/**
 * True where a text keeps within `limits`, by one pass over its characters that keeps nothing. Says nothing of whether it is
 * JSON: what it lets through may be given to `JSON.parse`, and to code that recurses `depth` deep.
 */
export function keepsJsonLimits(text: string, { depth, members }: JsonLimits): boolean {
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
      if (open > depth) return false;
    } else if (letter === LIST_END || letter === OBJECT_END) open--;
    else if (letter === COMMA) seen++;
    if (seen > members) return false;
  }
  return true;
}
