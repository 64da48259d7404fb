import { AppError } from '../errors.ts';
import { damagedPickle as damaged, PickleBytes, pickleTooLong } from './pickle-bytes.ts';
import { PickleStack } from './pickle-stack.ts';
import { type Constant, type Pickled, type PickleHost, Tuple } from './pickled.ts';

/** A state dict of 2,000 tensors has about 300 KB of pickle; the cap bounds the stack and memo at a generous multiple. */
const MAX_PICKLE_BYTES = 8_000_000;

const STOP = 0x2e;

/** What an instruction works on: its arguments, what was built so far, and the meaning of names and calls. */
interface Machine<H extends Constant> {
  readonly bytes: PickleBytes;
  readonly stack: PickleStack<H>;
  readonly host: PickleHost<H>;
}

type Instruction = <H extends Constant>(machine: Machine<H>) => void;

/** The opcodes that torch.save writes, by their number; STOP ends the loop (Python's pickletools names them). */
const INSTRUCTIONS: Readonly<Record<number, Instruction>> = {
  // PROTO
  128: ({ bytes }) => {
    const protocol = bytes.uint8();
    if (protocol > 5) throw damaged(`it claims protocol ${protocol}`);
  },
  40: ({ stack }) => stack.mark(), // MARK
  78: ({ stack }) => stack.push(null), // NONE
  136: ({ stack }) => stack.push(true), // NEWTRUE
  137: ({ stack }) => stack.push(false), // NEWFALSE
  75: ({ bytes, stack }) => stack.push(bytes.uint8()), // BININT1
  77: ({ bytes, stack }) => stack.push(bytes.uint16()), // BININT2
  74: ({ bytes, stack }) => stack.push(bytes.int32()), // BININT
  138: ({ bytes, stack }) => stack.push(bytes.integer(bytes.uint8())), // LONG1
  71: ({ bytes, stack }) => stack.push(bytes.float64()), // BINFLOAT
  88: ({ bytes, stack }) => stack.push(bytes.string(bytes.uint32())), // BINUNICODE
  85: ({ bytes, stack }) => stack.push(bytes.string(bytes.uint8())), // SHORT_BINSTRING
  41: ({ stack }) => stack.tuple([]), // EMPTY_TUPLE
  133: ({ stack }) => stack.tuple(stack.popAll(1)), // TUPLE1
  134: ({ stack }) => stack.tuple(stack.popAll(2)), // TUPLE2
  135: ({ stack }) => stack.tuple(stack.popAll(3)), // TUPLE3
  116: ({ stack }) => stack.tuple(stack.popMark()), // TUPLE
  93: ({ stack }) => stack.build([]), // EMPTY_LIST
  97: ({ stack }) => stack.append(stack.popAll(1)), // APPEND
  101: ({ stack }) => stack.append(stack.popMark()), // APPENDS
  125: ({ stack }) => stack.build(new Map()), // EMPTY_DICT
  143: ({ stack }) => stack.build(new Set()), // EMPTY_SET
  115: ({ stack }) => stack.setItems(stack.popAll(2)), // SETITEM
  117: ({ stack }) => stack.setItems(stack.popMark()), // SETITEMS
  113: ({ bytes, stack }) => stack.remember(bytes.uint8()), // BINPUT
  114: ({ bytes, stack }) => stack.remember(bytes.uint32()), // LONG_BINPUT
  104: ({ bytes, stack }) => stack.recall(bytes.uint8()), // BINGET
  106: ({ bytes, stack }) => stack.recall(bytes.uint32()), // LONG_BINGET
  99: ({ bytes, stack, host }) => stack.push(host.global(bytes.line(), bytes.line())), // GLOBAL
  81: ({ stack, host }) => stack.push(host.persistent(stack.pop())), // BINPERSID
  // REDUCE
  82: ({ stack, host }) => {
    const args = stack.pop();
    if (!(args instanceof Tuple)) throw damaged('it calls something without a tuple of arguments');
    stack.build(host.reduce(stack.pop(), args.items, stack.charge));
  },
  // BUILD: sets attributes, such as `_metadata` on a state dict; tensors do not depend on them.
  98: ({ stack }) => {
    stack.pop();
    stack.top();
  },
};

const unsafe = (opcode: number): AppError =>
  new AppError(
    'file/unsafe',
    `The file's pickle uses the instruction 0x${opcode.toString(16)}, which plain tensors never need, so it was not run; save the tensors with torch.save or as safetensors.`,
    { detail: { opcode } },
  );

/**
 * A restricted pickle machine: the opcodes that torch.save writes (docs/facts/checkpoints.md#the-pickle-machine), nothing that
 * imports, calls or builds objects other than through `host`. Linear in the pickle's length, and what it holds is counted
 * as it is built, copies by the host included. Throws file/unsafe for other
 * opcodes, file/malformed for unsound streams, file/too-large past the caps.
 */
export function unpickle<H extends Constant>(bytes: Uint8Array, host: PickleHost<H>): Pickled<H> {
  if (bytes.length > MAX_PICKLE_BYTES) throw pickleTooLong(MAX_PICKLE_BYTES);
  return unpickleFirst(bytes, host).value;
}

/** The pickle that `file` begins with, of at most `maxBytes`, and where it ends: more may follow. Throws what `unpickle` throws. */
export function unpickleFirst<H extends Constant>(
  file: Uint8Array,
  host: PickleHost<H>,
  maxBytes: number = MAX_PICKLE_BYTES,
): { value: Pickled<H>; end: number } {
  const stack = new PickleStack<H>();
  const bytes = new PickleBytes(file, maxBytes, stack.charge);
  const machine = { bytes, stack, host };
  for (let opcode = bytes.opcode(); opcode !== STOP; opcode = bytes.opcode()) {
    const run = INSTRUCTIONS[opcode];
    if (run === undefined) throw unsafe(opcode);
    run(machine);
  }
  const value = stack.pop();
  if (stack.size > 0) throw damaged('values are left over at its end');
  return { value, end: bytes.at };
}
