import type { FileTensor } from '../container/tensor.ts';
import { toFloat32 } from '../container/to-float32.ts';
import { AppError } from '../errors.ts';

/** The tensors of a checkpoint by name, as the file spells them (wrappers and prefixes included). */
export type StateDict = ReadonlyMap<string, FileTensor>;

/** A tensor that a network needs: its shape is fixed, its values are read when the graph is written. */
export interface Weight {
  readonly name: string;
  readonly dims: readonly number[];
  /** The values as float32, C order; a view on the file where it already holds aligned float32. Throws model/mismatch on NaN. */
  read(): Float32Array;
}

/** How a state dict differs from what a network needs. */
export interface StateProblems {
  readonly missing: readonly string[];
  readonly misshapen: readonly { readonly name: string; readonly found: string; readonly expected: string }[];
  readonly unexpected: readonly string[];
}

/** Numbers deeper in a name than this, or in a longer one, number nothing that a network asks for. */
const MAX_SEGMENTS = 16;
const MAX_COUNTED_CHARS = 1000;

/** The names under one prefix, indexed once for every network that is looked for there. */
export class NameIndex {
  readonly prefix: string;
  readonly tensors: ReadonlyMap<string, FileTensor>;
  #children: Map<string, Set<string>> | null = null;

  constructor(state: StateDict, prefix = '') {
    this.prefix = prefix;
    const tensors = new Map<string, FileTensor>();
    for (const [name, tensor] of state) {
      if (name.startsWith(prefix)) tensors.set(name.slice(prefix.length), tensor);
    }
    this.tensors = tensors;
  }

  /** How many numbered children (0, 1, 2, ...) stand directly under a prefix that is empty or ends in a dot. */
  count(prefix: string): number {
    this.#children ??= this.#numbered();
    return this.#children.get(prefix)?.size ?? 0;
  }

  #numbered(): Map<string, Set<string>> {
    const children = new Map<string, Set<string>>();
    for (const name of this.tensors.keys()) {
      if (name.length > MAX_COUNTED_CHARS) continue;
      let begin = 0;
      for (const segment of name.split('.', MAX_SEGMENTS)) {
        if (/^\d+$/.test(segment)) {
          const prefix = name.slice(0, begin);
          const known = children.get(prefix);
          if (known) known.add(segment);
          else children.set(prefix, new Set([segment]));
        }
        begin += segment.length + 1;
      }
    }
    return children;
  }
}

/**
 * A network's window on a state dict: names are relative to a prefix, what is taken is recorded, and what is missing or
 * misshapen is collected rather than thrown, so that a dry build can tell everything that is wrong at once.
 */
export class StateView {
  readonly prefix: string;
  readonly #index: NameIndex;
  readonly #tensors: ReadonlyMap<string, FileTensor>;
  readonly #required = new Set<string>();
  readonly #ignored = new Set<string>();
  readonly #missing = new Set<string>();
  readonly #misshapen = new Map<string, { name: string; found: string; expected: string }>();

  constructor(index: NameIndex) {
    this.prefix = index.prefix;
    this.#index = index;
    this.#tensors = index.tensors;
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  /** The tensor itself, for values that belong to a description rather than to a graph. */
  tensor(name: string): FileTensor | undefined {
    return this.#tensors.get(name);
  }

  names(): Iterable<string> {
    return this.#tensors.keys();
  }

  /** Shape of a tensor; a missing one is recorded and counts as [] . */
  dims(name: string): readonly number[] {
    const tensor = this.#tensors.get(name);
    if (!tensor) this.#missing.add(name);
    return tensor?.shape ?? [];
  }

  /** One side of a tensor's shape; 0 where the tensor or the side is missing (recorded). */
  side(name: string, axis: number): number {
    return this.dims(name).at(axis) ?? 0;
  }

  /** How many numbered children (0, 1, 2, ...) stand directly under a prefix that is empty or ends in a dot. */
  count(prefix: string): number {
    return this.#index.count(prefix);
  }

  /** The tensor `name` of exactly this shape. What is wrong with it is recorded; reading it then throws model/shape. */
  require(name: string, dims: readonly number[]): Weight {
    const tensor = this.#tensors.get(name);
    this.#required.add(name);
    const fullName = this.prefix + name;
    if (!tensor) this.#missing.add(name);
    else if (tensor.shape.join() !== dims.join()) {
      this.#misshapen.set(name, { name, found: `[${tensor.shape}]`, expected: `[${dims}]` });
    }
    return { name: fullName, dims, read: () => readTensor(tensor, fullName, dims) };
  }

  /** `name` if it is there, else null (nothing is recorded). */
  optional(name: string, dims: readonly number[]): Weight | null {
    return this.has(name) ? this.require(name, dims) : null;
  }

  /** Marks tensors that carry nothing a graph needs (counters, buffers that can be computed). */
  ignore(isIgnored: (name: string) => boolean): void {
    for (const name of this.#tensors.keys()) if (isIgnored(name)) this.#ignored.add(name);
  }

  /** How many of the tensors required are there, in the shape wanted. */
  fitting(): number {
    return [...this.#required].filter((name) => this.#tensors.has(name) && !this.#misshapen.has(name)).length;
  }

  /** Numbers in the tensors required, buffers left out. */
  parameters(): number {
    let total = 0;
    for (const name of this.#required) {
      total += (this.#tensors.get(name)?.shape ?? [0]).reduce((product, side) => product * side, 1);
    }
    return total;
  }

  /** What is wrong so far; `owns` says which names belong to the network, so that the rest is nobody's surprise. */
  problems(owns: (name: string) => boolean): StateProblems {
    return {
      missing: [...this.#missing],
      misshapen: [...this.#misshapen.values()],
      unexpected: [...this.#tensors.keys()].filter(
        (name) => owns(name) && !this.#required.has(name) && !this.#ignored.has(name),
      ),
    };
  }
}

function readTensor(tensor: FileTensor | undefined, name: string, dims: readonly number[]): Float32Array {
  if (!tensor) throw new AppError('model/missing', `The weights lack the tensor ${name} of shape [${dims}].`);
  if (tensor.shape.join() !== dims.join()) {
    throw new AppError(
      'model/shape',
      `The tensor ${name} has shape [${tensor.shape}] where [${dims}] is needed.`,
    );
  }
  const values = toFloat32(tensor);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new AppError(
        'model/mismatch',
        `The tensor ${name} holds ${values[i]} at position ${i}; weights must be finite numbers. The file is damaged or its training diverged: fetch it again.`,
        { detail: { tensor: name, position: i } },
      );
    }
  }
  return values;
}
