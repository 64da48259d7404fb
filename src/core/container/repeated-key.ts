const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const LIST = 0x5b;
const LIST_END = 0x5d;
const OBJECT = 0x7b;
const OBJECT_END = 0x7d;

/**
 * The first key that some object of a JSON text names twice, or null. `JSON.parse` keeps the last silently, and two readers of
 * one file must not see two different tensors. `text` must already have passed `JSON.parse`. One pass, no recursion.
 */
export function repeatedKey(text: string): string | null {
  /** The keys so far of what is open at each depth, used again for the next object there: a header has an object for each tensor. */
  const keysAt: Set<string>[] = [];
  const isObject: boolean[] = [];
  let expectsKey = false;
  for (let i = 0; i < text.length; i++) {
    const letter = text.charCodeAt(i);
    if (letter === OBJECT || letter === LIST) {
      const keys = keysAt[isObject.length];
      if (keys === undefined) keysAt.push(new Set());
      else keys.clear();
      expectsKey = letter === OBJECT;
      isObject.push(expectsKey);
    } else if (letter === OBJECT_END || letter === LIST_END) {
      isObject.pop();
      expectsKey = false;
    } else if (letter === COMMA) {
      expectsKey = isObject.at(-1) === true;
    } else if (letter === QUOTE) {
      const begin = i;
      let isPlain = true;
      for (i++; text.charCodeAt(i) !== QUOTE; i++) {
        if (text.charCodeAt(i) === BACKSLASH) {
          isPlain = false;
          i++;
        }
      }
      if (!expectsKey) continue;
      expectsKey = false;
      const key = isPlain ? text.slice(begin + 1, i) : (JSON.parse(text.slice(begin, i + 1)) as string);
      const keys = keysAt[isObject.length - 1];
      if (keys?.has(key) === true) return key;
      keys?.add(key);
    }
  }
  return null;
}
