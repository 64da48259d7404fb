import { type PaneKey, parsePaneKey } from '../state/panes.ts';

/** One part of an address: reading and writing it stand together, so neither can be forgotten. */
export interface Param<T> {
  /** Its name in the address. */
  readonly name: string;
  /** What holds where the address is silent or makes no sense; never written. */
  readonly initial: T;
  /** The value that `text` means, or undefined for nonsense; `address` is the whole address, for what is relative to it. */
  parse(text: string, address: string): T | undefined;
  format(value: T): string;
}

/** Parameters by the field that holds their value. */
export type Params = Readonly<Record<string, Param<unknown>>>;

export type Values<P extends Params> = { readonly [Field in keyof P]: P[Field]['initial'] };

/** The values that `address` asks for. */
export function readParams<P extends Params>(params: P, address: string): Values<P> {
  const query = new URL(address).searchParams;
  function read({ name, initial, parse }: Param<unknown>): unknown {
    const text = query.get(name);
    return (text === null ? undefined : parse(text, address)) ?? initial;
  }
  return Object.fromEntries(
    Object.entries(params).map(([field, param]) => [field, read(param)]),
  ) as Values<P>;
}

/** Writes what differs from the start into `query` and removes the rest; parameters of others stay. */
export function writeParams<P extends Params>(params: P, values: Values<P>, query: URLSearchParams): void {
  for (const [field, { name, initial, format }] of Object.entries(params)) {
    const text = format(values[field]);
    if (text === format(initial)) query.delete(name);
    else query.set(name, text);
  }
}

/** Every field at its start. */
export const initialValues = <P extends Params>(params: P): Values<P> =>
  Object.fromEntries(Object.entries(params).map(([field, { initial }]) => [field, initial])) as Values<P>;

/** A number kept within its bounds. A ten-thousandth of a side is finer than a pixel of any picture shown. */
export const number = (name: string, initial: number, low: number, high: number): Param<number> => ({
  name,
  initial,
  parse(text) {
    const value = Number.parseFloat(text);
    return Number.isFinite(value) ? Math.min(Math.max(value, low), high) : undefined;
  },
  format: (value) => String(Number(value.toFixed(4))),
});

export interface Choice<T> extends Param<T> {
  readonly values: readonly T[];
}

/** One of a few values; null, where it is the start, means none of them. */
export const oneOf = <T extends string | number, Start extends T | null>(
  name: string,
  values: readonly T[],
  initial: Start,
): Choice<T | Start> => ({
  name,
  initial,
  values,
  parse: (text) => values.find((value) => String(value) === text),
  format: (value) => String(value ?? ''),
});

/** Yes or no, as 1 or 0; whatever is not 0 is a yes. */
export const flag = (name: string, initial: boolean): Param<boolean> => ({
  name,
  initial,
  parse: (text) => text !== '0',
  format: (value) => (value ? '1' : '0'),
});

/** The name of a pane, shown at the moment or not. */
export const paneName = (name: string, initial: PaneKey): Param<PaneKey> => ({
  name,
  initial,
  parse: (text) => parsePaneKey(text)?.key,
  format: (key) => key,
});
