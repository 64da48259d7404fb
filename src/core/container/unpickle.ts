import { AppError } from '../errors.ts';
import { type Charge, type Constant, type Pickled, type PickleHost, Tuple } from './pickled.ts';

/** A state dict of 2,000 tensors has about 300 KB of pickle; the cap bounds the stack and memo at a generous multiple. */
const MAX_PICKLE_BYTES = 8_000_000;

/** All that the machine holds at once, by the costs below. */
const MAX_HELD_BYTES = 96 * 2 ** 20;

/** About what V8 takes, in bytes: an empty Map, Set or host's object; a pair or a memo entry; a place in a list; a text's head. */
export const COST = { object: 200, pair: 50, item: 8, text: 24 } as const;

const MARK = Symbol('mark');

const tooLong = (maxBytes: number): AppError =>
  new AppError(
    'file/too-large',
    `The file's pickle has more than ${maxBytes} bytes, which are not read. Save the tensors alone, best as safetensors.`,
  );

const damaged = (what: string): AppError =>
  new AppError('file/malformed', `The file's pickle is damaged: ${what}; download or save the file again.`);

/**
 * A restricted pickle machine: the opcodes that torch.save writes (docs/facts/checkpoints.md#the-pickle-machine), nothing that
 * imports, calls or builds objects other than through `host`. Linear in the pickle's length, and what it holds is counted
 * as it is built, copies by the host included. Throws file/unsafe for other
 * opcodes, file/malformed for unsound streams, file/too-large past the caps.
 */
export function unpickle<H extends Constant>(bytes: Uint8Array, host: PickleHost<H>): Pickled<H> {
  if (bytes.length > MAX_PICKLE_BYTES) throw tooLong(MAX_PICKLE_BYTES);
  return unpickleFirst(bytes, host).value;
}

/** The pickle that `file` begins with, of at most `maxBytes`, and where it ends: more may follow. Throws what `unpickle` throws. */
export function unpickleFirst<H extends Constant>(
  file: Uint8Array,
  host: PickleHost<H>,
  maxBytes: number = MAX_PICKLE_BYTES,
): { value: Pickled<H>; end: number } {
  const bytes = file.subarray(0, maxBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = new TextDecoder('utf-8', { fatal: true });
  const stack: (Pickled<H> | typeof MARK)[] = [];
  const memo = new Map<number, Pickled<H>>();
  let held = 0;
  let deepest = 0;
  let at = 0;

  const charge: Charge = (more) => {
    held += more;
    if (held > MAX_HELD_BYTES) {
      throw new AppError(
        'file/too-large',
        `The file's pickle builds more than ${MAX_HELD_BYTES / 2 ** 20} MB of objects; save the tensors alone, best as safetensors.`,
      );
    }
  };
  /** The stack counts by its deepest, since what is taken off it is used again. */
  const push = (value: Pickled<H> | typeof MARK): void => {
    stack.push(value);
    if (stack.length <= deepest) return;
    deepest = stack.length;
    charge(COST.item);
  };

  /** It may end early because no more of it is looked at. */
  const cut = (what: string): AppError => (bytes.length < file.length ? tooLong(maxBytes) : damaged(what));

  const advance = (length: number): number => {
    const begin = at;
    if (begin + length > bytes.length) throw cut('it ends inside an instruction');
    at += length;
    return begin;
  };
  const string = (length: number): string => {
    const begin = advance(length);
    charge(COST.text + 2 * length);
    try {
      return text.decode(bytes.subarray(begin, at));
    } catch (cause) {
      throw new AppError(
        'file/malformed',
        "The file's pickle holds text that is not UTF-8; save the file again.",
        { cause },
      );
    }
  };
  const line = (): string => {
    const end = bytes.indexOf(10, at);
    if (end < 0) throw cut('a name does not end');
    const value = string(end - at);
    at = end + 1;
    return value;
  };
  const build = (object: Pickled<H>): void => {
    charge(COST.object);
    push(object);
  };
  const pop = (): Pickled<H> => {
    const value = stack.pop();
    if (value === undefined || value === MARK) throw damaged('a value is missing');
    return value;
  };
  const popMark = (): Pickled<H>[] => {
    const mark = stack.lastIndexOf(MARK);
    if (mark < 0) throw damaged('a mark is missing');
    return stack.splice(mark).slice(1) as Pickled<H>[];
  };
  const top = (): Pickled<H> => {
    const value = pop();
    stack.push(value);
    return value;
  };
  const tuple = (items: Pickled<H>[]): void => {
    charge(COST.item * items.length);
    build(new Tuple(items));
  };
  const remember = (index: number): void => {
    if (!memo.has(index)) charge(COST.pair);
    memo.set(index, top());
  };
  const fetch = (index: number): void => {
    const value = memo.get(index);
    if (value === undefined) throw damaged('it refers to a value that it never stored');
    push(value);
  };
  const append = (items: Pickled<H>[]): void => {
    const list = top();
    if (!Array.isArray(list)) throw damaged('it appends to something that is no list');
    charge(COST.item * items.length);
    for (const item of items) list.push(item);
  };
  const set = (items: Pickled<H>[]): void => {
    const dict = top();
    if (!(dict instanceof Map) || items.length % 2 !== 0)
      throw damaged('it sets items on something that is no dict');
    charge((COST.pair * items.length) / 2);
    for (let i = 0; i < items.length; i += 2) dict.set(items[i] as Pickled<H>, items[i + 1] as Pickled<H>);
  };
  const long = (length: number): number | bigint => {
    const begin = advance(length);
    charge(COST.text + length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[begin + i] as number);
    value = BigInt.asIntN(8 * length, value);
    const small = Number(value);
    return Number.isSafeInteger(small) ? small : value;
  };

  while (at < bytes.length) {
    const opcode = bytes[at++] as number;
    switch (opcode) {
      case 0x80: {
        const protocol = bytes[advance(1)] as number;
        if (protocol > 5) throw damaged(`it claims protocol ${protocol}`);
        break;
      }
      case 0x2e: {
        // STOP
        const value = pop();
        if (stack.length > 0) throw damaged('values are left over at its end');
        return { value, end: at };
      }
      case 0x28: // MARK
        push(MARK);
        break;
      case 0x4e: // NONE
        push(null);
        break;
      case 0x88: // NEWTRUE
        push(true);
        break;
      case 0x89: // NEWFALSE
        push(false);
        break;
      case 0x4b: // BININT1
        push(bytes[advance(1)] as number);
        break;
      case 0x4d: // BININT2
        push(view.getUint16(advance(2), true));
        break;
      case 0x4a: // BININT
        push(view.getInt32(advance(4), true));
        break;
      case 0x8a: // LONG1
        push(long(bytes[advance(1)] as number));
        break;
      case 0x47: // BINFLOAT
        push(view.getFloat64(advance(8), false));
        break;
      case 0x58: // BINUNICODE
        push(string(view.getUint32(advance(4), true)));
        break;
      case 0x55: // SHORT_BINSTRING
        push(string(bytes[advance(1)] as number));
        break;
      case 0x29: // EMPTY_TUPLE
        tuple([]);
        break;
      case 0x85: // TUPLE1
        tuple([pop()]);
        break;
      case 0x86: // TUPLE2
        tuple([pop(), pop()].reverse());
        break;
      case 0x87: // TUPLE3
        tuple([pop(), pop(), pop()].reverse());
        break;
      case 0x74: // TUPLE
        tuple(popMark());
        break;
      case 0x5d: // EMPTY_LIST
        build([]);
        break;
      case 0x61: // APPEND
        append([pop()]);
        break;
      case 0x65: // APPENDS
        append(popMark());
        break;
      case 0x7d: // EMPTY_DICT
        build(new Map());
        break;
      case 0x8f: // EMPTY_SET
        build(new Set());
        break;
      case 0x73: // SETITEM
        set([pop(), pop()].reverse());
        break;
      case 0x75: // SETITEMS
        set(popMark());
        break;
      case 0x71: // BINPUT
        remember(bytes[advance(1)] as number);
        break;
      case 0x72: // LONG_BINPUT
        remember(view.getUint32(advance(4), true));
        break;
      case 0x68: // BINGET
        fetch(bytes[advance(1)] as number);
        break;
      case 0x6a: // LONG_BINGET
        fetch(view.getUint32(advance(4), true));
        break;
      case 0x63: // GLOBAL
        push(host.global(line(), line()));
        break;
      case 0x51: // BINPERSID
        push(host.persistent(pop()));
        break;
      case 0x52: {
        // REDUCE
        const args = pop();
        if (!(args instanceof Tuple)) throw damaged('it calls something without a tuple of arguments');
        build(host.reduce(pop(), args.items, charge));
        break;
      }
      case 0x62: {
        // BUILD: sets attributes, such as `_metadata` on a state dict; tensors do not depend on them.
        pop();
        top();
        break;
      }
      default:
        throw new AppError(
          'file/unsafe',
          `The file's pickle uses the instruction 0x${opcode.toString(16)}, which plain tensors never need, so it was not run; save the tensors with torch.save or as safetensors.`,
          { detail: { opcode } },
        );
    }
  }
  throw cut('it ends without a STOP');
}
