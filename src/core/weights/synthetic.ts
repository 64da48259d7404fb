import type { FileTensor } from '../container/tensor.ts';
import type { StateDict } from './state-view.ts';

/** A tensor of noise: uniform values in `offset` +- `scale`. */
export interface NoiseTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly scale: number;
  readonly offset: number;
  /** The name that the noise is of, where it is not the tensor's own. */
  readonly noise?: string;
}

function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/**
 * `length` float32 values that depend on the name alone, the same in any language (training/fixtures/noise.py): the finaliser
 * of MurmurHash3 over the name's FNV-1a hash plus a Weyl sequence, its upper 24 bits taken as a number in [-1, 1).
 */
export function noise(name: string, length: number, scale: number, offset: number): Float32Array {
  const seed = hashName(name);
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    let h = (seed + Math.imul(i, 0x9e3779b9)) >>> 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h = (h ^ (h >>> 16)) >>> 0;
    values[i] = offset + scale * ((h >>> 8) / 2 ** 23 - 1);
  }
  return values;
}

/** A float32 state dict of noise, for tests and benchmarks that need a network's shapes and not its talent. Made where it is read. */
export const syntheticState = (tensors: readonly NoiseTensor[]): StateDict =>
  new Map(tensors.map((tensor): [string, FileTensor] => [tensor.name, noiseTensor(tensor)]));

function noiseTensor({ name, shape, scale, offset, noise: source = name }: NoiseTensor): FileTensor {
  let bytes: Uint8Array | undefined;
  return {
    name,
    dtype: 'F32',
    shape,
    get bytes() {
      const length = shape.reduce((product, side) => product * side, 1);
      bytes ??= new Uint8Array(noise(source, length, scale, offset).buffer);
      return bytes;
    },
  };
}
