import { AppError } from '../errors.ts';
import { MAX_RANK } from './strided.ts';

/** What a .npy header says. `descr` as written ("<f4"), or null where it is a list of fields (a structured array). */
export interface NpyHeader {
  readonly descr: string | null;
  readonly isFortran: boolean;
  readonly shape: readonly number[];
}

type Literal = string | number | boolean | null | readonly Literal[];

// One token of a Python literal: text, constant, number (with Python 2's L), or punctuation.
const TOKEN = /\s*(?:'([^'\\\n]*)'|"([^"\\\n]*)"|(True|False|None)\b|(\d{1,16})L?(?![\w.])|([{}()[\],:]))/y;

const bad = (what: string): AppError =>
  new AppError(
    'file/malformed',
    `The .npy header is damaged: ${what}; write the file again with numpy.save.`,
  );

/** Lists and tuples nest at most this deep in any dtype; the parser recurses once a level. */
const MAX_DEPTH = 8;

class Parser {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** The next token: a literal, or punctuation as `{ mark }`. */
  private next(): { literal: Literal } | { mark: string } {
    TOKEN.lastIndex = this.at;
    const match = TOKEN.exec(this.text);
    if (match === null) throw bad(`unexpected text "${this.text.slice(this.at, this.at + 20).trim()}"`);
    this.at = TOKEN.lastIndex;
    const [, single, double, word, digits, mark] = match;
    if (mark !== undefined) return { mark };
    if (digits !== undefined) return { literal: Number(digits) };
    if (word !== undefined) return { literal: word === 'None' ? null : word === 'True' };
    return { literal: single ?? double ?? '' };
  }

  private items(close: string, depth: number): Literal[] {
    if (depth > MAX_DEPTH) throw bad('it nests too deep');
    const items: Literal[] = [];
    for (;;) {
      const token = this.next();
      if ('mark' in token && token.mark === close) return items;
      items.push(this.value(token, depth));
      const after = this.next();
      if (!('mark' in after) || (after.mark !== ',' && after.mark !== close)) throw bad('a comma is missing');
      if (after.mark === close) return items;
    }
  }

  private value(token: { literal: Literal } | { mark: string }, depth: number): Literal {
    if ('literal' in token) return token.literal;
    if (token.mark === '(') return this.items(')', depth + 1);
    if (token.mark === '[') return this.items(']', depth + 1);
    throw bad(`unexpected "${token.mark}"`);
  }

  dict(): Map<string, Literal> {
    const entries = new Map<string, Literal>();
    const isMark = (token: { literal: Literal } | { mark: string }, mark: string): boolean =>
      'mark' in token && token.mark === mark;
    if (!isMark(this.next(), '{')) throw bad('it is no dict');
    for (;;) {
      const key = this.next();
      if (isMark(key, '}')) break;
      if (!('literal' in key) || typeof key.literal !== 'string') throw bad('a key is no text');
      if (!isMark(this.next(), ':')) throw bad('a colon is missing');
      if (entries.has(key.literal)) throw bad(`it names "${key.literal}" twice`);
      entries.set(key.literal, this.value(this.next(), 0));
      const after = this.next();
      if (isMark(after, '}')) break;
      if (!isMark(after, ',')) throw bad('a comma is missing');
    }
    if (this.text.slice(this.at).trim() !== '') throw bad('text follows its dict');
    return entries;
  }
}

/** The Python dict literal of a .npy header (numpy/lib/_format_impl.py) -> its three fields. Throws file/malformed. */
export function parseNpyHeader(text: string): NpyHeader {
  const dict = new Parser(text).dict();
  const descr = dict.get('descr');
  const isFortran = dict.get('fortran_order');
  const shape = dict.get('shape');
  if (dict.size !== 3 || descr === undefined || isFortran === undefined || shape === undefined) {
    throw bad(
      `it has the keys ${[...dict.keys()].join(', ') || 'none'} instead of descr, fortran_order, shape`,
    );
  }
  if (typeof isFortran !== 'boolean') throw bad('fortran_order is neither True nor False');
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size))) {
    throw bad('shape is no tuple of whole numbers');
  }
  if (shape.length > MAX_RANK) throw bad(`it has ${shape.length} axes (at most ${MAX_RANK} are read)`);
  return { descr: typeof descr === 'string' ? descr : null, isFortran, shape: shape as readonly number[] };
}
