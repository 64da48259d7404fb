import { AppError } from '../errors.ts';
import { damagedPickle as damaged } from './pickle-bytes.ts';
import { type Charge, COST, type Constant, type Pickled, Tuple } from './pickled.ts';

/** All that a pickle may hold at once, by `COST`. */
const MAX_HELD_BYTES = 96 * 2 ** 20;

const MARK = Symbol('mark');

/** What a pickle builds: its stack and its memo. All that it holds is counted as it is built. Throws file/malformed, file/too-large. */
export class PickleStack<H extends Constant> {
  readonly #stack: (Pickled<H> | typeof MARK)[] = [];
  readonly #memo = new Map<number, Pickled<H>>();
  #held = 0;
  #deepest = 0;

  readonly charge: Charge = (more) => {
    this.#held += more;
    if (this.#held <= MAX_HELD_BYTES) return;
    throw new AppError(
      'file/too-large',
      `The file's pickle builds more than ${MAX_HELD_BYTES / 2 ** 20} MB of objects; save the tensors alone, best as safetensors.`,
    );
  };

  get size(): number {
    return this.#stack.length;
  }

  push(value: Pickled<H>): void {
    this.#push(value);
  }

  /** A new object. */
  build(object: Pickled<H>): void {
    this.charge(COST.object);
    this.#push(object);
  }

  tuple(items: Pickled<H>[]): void {
    this.charge(COST.item * items.length);
    this.build(new Tuple(items));
  }

  pop(): Pickled<H> {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) throw damaged('a value is missing');
    return value;
  }

  /** The topmost `count` values, in the order in which they came. */
  popAll(count: number): Pickled<H>[] {
    const items: Pickled<H>[] = [];
    for (let i = 0; i < count; i++) items.push(this.pop());
    return items.reverse();
  }

  top(): Pickled<H> {
    const value = this.pop();
    this.#stack.push(value);
    return value;
  }

  mark(): void {
    this.#push(MARK);
  }

  /** What came since the last mark, which goes as well. */
  popMark(): Pickled<H>[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) throw damaged('a mark is missing');
    return this.#stack.splice(mark).slice(1) as Pickled<H>[];
  }

  remember(index: number): void {
    if (!this.#memo.has(index)) this.charge(COST.pair);
    this.#memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw damaged('it refers to a value that it never stored');
    this.#push(value);
  }

  append(items: Pickled<H>[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw damaged('it appends to something that is no list');
    this.charge(COST.item * items.length);
    for (const item of items) list.push(item);
  }

  setItems(items: Pickled<H>[]): void {
    const dict = this.top();
    if (!(dict instanceof Map) || items.length % 2 !== 0) {
      throw damaged('it sets items on something that is no dict');
    }
    this.charge((COST.pair * items.length) / 2);
    for (let i = 0; i < items.length; i += 2) dict.set(items[i] as Pickled<H>, items[i + 1] as Pickled<H>);
  }

  /** The stack counts by its deepest, since the room of what leaves it is used again. */
  #push(value: Pickled<H> | typeof MARK): void {
    this.#stack.push(value);
    if (this.#stack.length <= this.#deepest) return;
    this.#deepest = this.#stack.length;
    this.charge(COST.item);
  }
}
