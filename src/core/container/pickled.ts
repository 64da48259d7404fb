/** What a host's own values have in common. */
export interface Constant {
  readonly kind: string;
}

/** A tuple, kept apart from a list because only tuples are arguments and keys of storages. */
export class Tuple<H extends Constant> {
  readonly items: readonly Pickled<H>[];

  constructor(items: readonly Pickled<H>[]) {
    this.items = items;
  }
}

/** What a pickle may become here: plain values and `H`, the constants and results that the host maps names to. */
export type Pickled<H extends Constant> =
  | null
  | boolean
  | number
  | bigint
  | string
  | Pickled<H>[]
  | Tuple<H>
  | Map<Pickled<H>, Pickled<H>>
  | Set<Pickled<H>>
  | H;

/** About what V8 needs, in bytes: an empty Map, Set or host's object; a pair or a memo entry; a place in a list; a text's head. */
export const COST = { object: 200, pair: 50, item: 8, text: 24 } as const;

/** Called before memory is taken, with the bytes; throws file/too-large past what one file may hold. */
export type Charge = (bytes: number) => void;

/** Meaning for the three opcodes that could run code. Each throws for anything it does not know. */
export interface PickleHost<H extends Constant> {
  global(module: string, name: string): Pickled<H>;
  persistent(id: Pickled<H>): Pickled<H>;
  /** What it builds beyond one object counts as well: a call is two bytes of the pickle, however long its arguments are. */
  reduce(callable: Pickled<H>, args: readonly Pickled<H>[], charge: Charge): Pickled<H>;
}
