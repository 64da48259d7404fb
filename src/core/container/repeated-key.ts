/**
 * The first key that some object of a JSON text names twice, or null. `JSON.parse` keeps the last silently, and two readers of
 * one file must not see two different tensors. `text` must already have passed `JSON.parse`. One pass, no recursion.
 */
export function repeatedKey(text: string): string | null {
  // One set of keys per open object, null per open array.
  const open: (Set<string> | null)[] = [];
  let expectsKey = false;
  for (let i = 0; i < text.length; i++) {
    switch (text[i]) {
      case '{':
        open.push(new Set());
        expectsKey = true;
        break;
      case '[':
        open.push(null);
        expectsKey = false;
        break;
      case '}':
      case ']':
        open.pop();
        expectsKey = false;
        break;
      case ',':
        expectsKey = open.at(-1) instanceof Set;
        break;
      case '"': {
        const begin = i;
        for (i++; text[i] !== '"'; i++) if (text[i] === '\\') i++;
        if (expectsKey) {
          const key = JSON.parse(text.slice(begin, i + 1)) as string;
          const keys = open.at(-1);
          if (keys?.has(key) === true) return key;
          keys?.add(key);
          expectsKey = false;
        }
        break;
      }
    }
  }
  return null;
}
