import { AppError } from '../errors.ts';
import { type Charge, COST } from './pickled.ts';

export const damagedPickle = (what: string): AppError =>
  new AppError('file/malformed', `The file's pickle is damaged: ${what}; download or save the file again.`);

export const pickleTooLong = (maxBytes: number): AppError =>
  new AppError(
    'file/too-large',
    `The file's pickle has more than ${maxBytes} bytes, which are not read. Save the tensors alone, best as safetensors.`,
  );

/** The arguments of a pickle's instructions, read one after the other from at most `maxBytes` of `file`; texts are charged for. */
export class PickleBytes {
  /** Where the next one begins. */
  at = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #text = new TextDecoder('utf-8', { fatal: true });
  readonly #charge: Charge;
  /** It may end early because no more of it is looked at. */
  readonly #cut: (what: string) => AppError;

  constructor(file: Uint8Array, maxBytes: number, charge: Charge) {
    const bytes = file.subarray(0, maxBytes);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#charge = charge;
    this.#cut = (what) => (bytes.length < file.length ? pickleTooLong(maxBytes) : damagedPickle(what));
  }

  /** The next instruction. */
  opcode(): number {
    const opcode = this.#bytes[this.at];
    if (opcode === undefined) throw this.#cut('it ends without a STOP');
    this.at++;
    return opcode;
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  /** The one kind of number that stands with its highest byte first. */
  float64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** A two's complement integer; a bigint where a number would not be exact. */
  integer(length: number): number | bigint {
    const begin = this.#advance(length);
    this.#charge(COST.text + length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#view.getUint8(begin + i));
    value = BigInt.asIntN(8 * length, value);
    const small = Number(value);
    return Number.isSafeInteger(small) ? small : value;
  }

  string(length: number): string {
    const begin = this.#advance(length);
    this.#charge(COST.text + 2 * length);
    try {
      return this.#text.decode(this.#bytes.subarray(begin, this.at));
    } catch (cause) {
      throw new AppError(
        'file/malformed',
        "The file's pickle holds text that is not UTF-8; save the file again.",
        { cause },
      );
    }
  }

  /** Text up to the end of the line, which is left behind. */
  line(): string {
    const end = this.#bytes.indexOf(10, this.at);
    if (end < 0) throw this.#cut('a name does not end');
    const value = this.string(end - this.at);
    this.at = end + 1;
    return value;
  }

  #advance(length: number): number {
    const begin = this.at;
    if (begin + length > this.#bytes.length) throw this.#cut('it ends inside an instruction');
    this.at += length;
    return begin;
  }
}
