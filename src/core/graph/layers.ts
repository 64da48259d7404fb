import type { StateView, Weight } from '../weights/state-view.ts';
import { GraphBuilder, type Value } from './graph-builder.ts';
import { nearestThenConv } from './layout-ops.ts';
import { type ConvShape, convWeight, groupNorm, layerNorm, linearWeight } from './ops.ts';

export interface ConvOptions extends ConvShape {
  /** Side of the kernel, 3 unless told. */
  readonly size?: number;
  /** Whether the layer has a bias; it does unless told. */
  readonly bias?: boolean;
}

export interface LinearOptions {
  /** False: never; 'optional': where the file has one. */
  readonly bias?: boolean | 'optional';
  /** The file holds the matrix [out, in] as a 1x1 convolution [out, in, 1, 1]. */
  readonly isConv?: boolean;
}

/**
 * A graph under construction together with the checkpoint that its weights come from: a layer is named as the file names it, its
 * input's channels are known, and its `.weight` and `.bias` are read in the shapes that follow. What a file lacks is recorded in
 * the view, and thrown when the graph is written.
 */
export class Layers extends GraphBuilder {
  readonly #view: StateView;

  constructor(body: 'f16' | 'f32', view: StateView) {
    super(body);
    this.#view = view;
  }

  /** A tensor of exactly this shape, for layers that are none of those below. */
  require(name: string, dims: readonly number[]): Weight {
    return this.#view.require(name, dims);
  }

  /** The same where the file has it, else null. */
  optional(name: string, dims: readonly number[]): Weight | null {
    return this.#view.optional(name, dims);
  }

  /** torch.nn.Conv2d on [1,C,H,W], padded by half its kernel unless told. */
  conv(name: string, x: Value, out: number, options: ConvOptions = {}): Value {
    const { size = 3, bias = true, ...shape } = options;
    return convWeight(this, x, ...this.#convolution(name, x, out, size, bias), shape);
  }

  /** Nearest doubling of [1,C,H,W], then a 3x3 convolution, without the doubled tensor in between. */
  doubledConv(name: string, x: Value, out: number, { bias = true }: { readonly bias?: boolean } = {}): Value {
    return nearestThenConv(this, x, ...this.#convolution(name, x, out, 3, bias));
  }

  /** torch.nn.Linear over the last axis. */
  linear(name: string, x: Value, out: number, { bias = true, isConv = false }: LinearOptions = {}): Value {
    const sides = [out, x.dims.at(-1) ?? 0];
    const matrix = { ...this.require(`${name}.weight`, isConv ? [...sides, 1, 1] : sides), dims: sides };
    return linearWeight(this, x, matrix, this.#bias(name, out, bias));
  }

  /** torch.nn.LayerNorm over the last axis. */
  norm(name: string, x: Value): Value {
    const side = x.dims.at(-1) ?? 0;
    return layerNorm(this, x, this.require(`${name}.weight`, [side]), this.require(`${name}.bias`, [side]));
  }

  /** torch.nn.GroupNorm of [1,C,H,W]. */
  groupNorm(name: string, x: Value, groups: number, epsilon: number): Value {
    const side = x.dims[1] as number;
    const scale = this.require(`${name}.weight`, [side]);
    return groupNorm(this, x, groups, scale, this.require(`${name}.bias`, [side]), epsilon);
  }

  #convolution(name: string, x: Value, out: number, size: number, bias: boolean): [Weight, Weight | null] {
    const kernel = this.require(`${name}.weight`, [out, x.dims[1] as number, size, size]);
    return [kernel, this.#bias(name, out, bias)];
  }

  #bias(name: string, out: number, bias: boolean | 'optional'): Weight | null {
    if (bias === false) return null;
    return bias === 'optional' ? this.optional(`${name}.bias`, [out]) : this.require(`${name}.bias`, [out]);
  }
}
