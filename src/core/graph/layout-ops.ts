import type { Weight } from '../weights/state-view.ts';
import type { GraphBuilder, Value } from './graph-builder.ts';
import { convWeight, expectShape, linear, reshape } from './ops.ts';

export function transpose(b: GraphBuilder, x: Value, order: readonly number[]): Value {
  expectShape(
    [...order].sort((p, q) => p - q).every((axis, i) => axis === i) && order.length === x.dims.length,
    'Transpose',
    x,
    order,
  );
  return b.node(
    'Transpose',
    [x],
    { dims: order.map((axis) => x.dims[axis] as number), type: x.type },
    { perm: order },
  );
}

/** Tokens [cells, channels] of a picture [1, channels, H, W], rows after rows. */
export function toTokens(b: GraphBuilder, x: Value): Value {
  const [, channels = 0, height = 0, width = 0] = x.dims;
  return reshape(b, transpose(b, x, [0, 2, 3, 1]), [height * width, channels]);
}

/** The inverse of `toTokens`. */
export const toPicture = (b: GraphBuilder, tokens: Value, height: number, width: number): Value =>
  transpose(b, reshape(b, tokens, [1, height, width, tokens.dims[1] as number]), [0, 3, 1, 2]);

/** Picks slices of `axis` by a constant list of indices, shared by name. */
export function gather(
  b: GraphBuilder,
  x: Value,
  axis: number,
  name: string,
  indices: ArrayLike<number>,
): Value {
  const dims = x.dims.map((side, i) => (i === axis ? indices.length : side));
  const list = b.indices(name, [indices.length], () => indices);
  return b.node('Gather', [x, list], { dims, type: x.type }, { axis });
}

/** Splits an axis into parts of these sizes. */
export function split(b: GraphBuilder, x: Value, axis: number, sizes: readonly number[]): readonly Value[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expectShape(total === x.dims[axis], `Split in ${sizes.join(', ')}`, x);
  const list = b.indices(`sizes ${sizes.join(' ')}`, [sizes.length], () => sizes);
  const parts = sizes.map((size) => ({
    dims: x.dims.map((length, i) => (i === axis ? size : length)),
    type: x.type,
  }));
  return b.nodes('Split', [x, list], parts, { axis });
}

/** Joins along an axis. */
export function concat(b: GraphBuilder, parts: readonly Value[], axis: number): Value {
  const [first] = parts as readonly [Value, ...Value[]];
  const side = parts.reduce((sum, part) => sum + (part.dims[axis] as number), 0);
  return b.node(
    'Concat',
    parts,
    { dims: first.dims.map((length, i) => (i === axis ? side : length)), type: first.type },
    { axis },
  );
}

/** The top left [.., height, width] of [1,C,H,W]. */
export function crop(b: GraphBuilder, x: Value, height: number, width: number): Value {
  const [n = 0, channels = 0, fullHeight = 0, fullWidth = 0] = x.dims;
  if (height === fullHeight && width === fullWidth) return x;
  expectShape(height <= fullHeight && width <= fullWidth, `Slice to ${height} x ${width}`, x);
  const list = (name: string, values: readonly number[]): Value =>
    b.indices(`${name} ${values.join(' ')}`, [2], () => values);
  return b.node('Slice', [x, list('starts', [0, 0]), list('ends', [height, width]), list('axes', [2, 3])], {
    dims: [n, channels, height, width],
    type: x.type,
  });
}

/** An optional input that is left out. */
const OMITTED: Value = { name: '', dims: [], type: 'f32' };

/** [1,C,H,W] to [1,C,2H,2W] as torch's F.interpolate(mode="bilinear") does it: sample centres, edges held. */
export function bilinearDouble(b: GraphBuilder, x: Value): Value {
  const [n = 0, channels = 0, height = 0, width = 0] = x.dims;
  const scales = b.constant('twice a side', [4], () => Float32Array.of(1, 1, 2, 2), 'f32');
  return b.node(
    'Resize',
    [x, OMITTED, scales],
    { dims: [n, channels, 2 * height, 2 * width], type: x.type },
    { mode: 'linear', coordinate_transformation_mode: 'half_pixel' },
  );
}

/**
 * [1,C,H,W] to [1,C,height,width] as torch's F.interpolate(mode="bicubic") does it without antialiasing (Keys' cubic with a = -0.75,
 * edges held), as two products with constant matrices, so that no runtime's notion of an edge comes in. Float32.
 */
export function bicubic(b: GraphBuilder, x: Value, height: number, width: number): Value {
  function along(y: Value, target: number): Value {
    const side = y.dims[3] as number;
    const name = `bicubic ${side} to ${target}`;
    const matrix = b.constant(name, [side, target], () => bicubicMatrix(side, target), 'f32');
    return transpose(b, linear(b, y, matrix, null), [0, 1, 3, 2]);
  }
  return along(along(x, width), height);
}

/** [side, target]: column i holds the weights of the source's samples in sample i of the result. */
function bicubicMatrix(side: number, target: number): Float32Array {
  const matrix = new Float32Array(side * target);
  function weight(signed: number): number {
    const [a, x] = [-0.75, Math.abs(signed)];
    if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  }
  for (let i = 0; i < target; i++) {
    const centre = ((i + 0.5) * side) / target - 0.5;
    for (let tap = Math.floor(centre) - 1; tap <= Math.floor(centre) + 2; tap++) {
      const at = target * Math.min(side - 1, Math.max(0, tap)) + i;
      matrix[at] = (matrix[at] as number) + weight(centre - tap);
    }
  }
  return matrix;
}

/** torch.nn.PixelShuffle: [1,C*f*f,H,W] to [1,C,f*H,f*W]. */
export const pixelShuffle = (b: GraphBuilder, x: Value, factor: number): Value =>
  depthToSpace(b, x, factor, 'CRD');

function depthToSpace(b: GraphBuilder, x: Value, factor: number, mode: 'CRD' | 'DCR'): Value {
  const [n = 0, channels = 0, height = 0, width = 0] = x.dims;
  expectShape(channels % factor ** 2 === 0, `DepthToSpace by ${factor}`, x);
  const dims = [n, channels / factor ** 2, height * factor, width * factor];
  return b.node('DepthToSpace', [x], { dims, type: x.type }, { blocksize: factor, mode });
}

/** [1,C,H,W] to [1,C,2H,2W], each cell four times. */
export const nearestDouble = (b: GraphBuilder, x: Value): Value =>
  depthToSpace(b, concat(b, [x, x, x, x], 1), 2, 'DCR');

/**
 * Extends [1,C,H,W] right and bottom by mirroring about the edge (torch "reflect"), again and again where a side is
 * shorter than its padding, so that sides of one cell work too.
 */
export function reflectPad(b: GraphBuilder, x: Value, height: number, width: number): Value {
  function grow(y: Value, axis: number, side: number): Value {
    const length = y.dims[axis] as number;
    return side === length
      ? y
      : gather(b, y, axis, `reflect ${length} ${side}`, reflectIndices(length, side));
  }
  return grow(grow(x, 2, height), 3, width);
}

/**
 * [1,C,H,W] with `pads` (top, left, bottom, right) around it, mirrored about the edge (torch "reflect") or repeating it (torch
 * "replicate"). Where a side is no longer than its padding, which torch refuses, it is mirrored again and again.
 */
export function padAround(
  b: GraphBuilder,
  x: Value,
  pads: readonly [number, number, number, number],
  mode: 'reflect' | 'edge',
): Value {
  const [top, left, bottom, right] = pads;
  const [n = 0, channels = 0, height = 0, width = 0] = x.dims;
  const isFolded = mode === 'reflect' && (Math.max(top, bottom) >= height || Math.max(left, right) >= width);
  // Firefox's WebGPU refuses the runtime's Pad in f16 (measured with onnxruntime-web 1.30, "ShaderModule with 'Pad' label is invalid").
  if (isFolded || x.type === 'f16') {
    const along = (y: Value, axis: number, length: number, before: number, after: number): Value =>
      gather(b, y, axis, `${mode} ${length} ${before} ${after}`, paddedIndices(length, before, after, mode));
    return along(along(x, 2, height, top, bottom), 3, width, left, right);
  }
  const list = b.indices(`pads ${pads.join(' ')}`, [8], () => [0, 0, top, left, 0, 0, bottom, right]);
  const dims = [n, channels, height + top + bottom, width + left + right];
  return b.node('Pad', [x, list], { dims, type: x.type }, { mode });
}

/** The indices -before .. length-1+after, mirrored into 0 .. length-1 or held at the ends. */
function paddedIndices(length: number, before: number, after: number, mode: 'reflect' | 'edge'): number[] {
  const period = Math.max(1, 2 * (length - 1));
  return Array.from({ length: before + length + after }, (_, i) => {
    if (mode === 'edge') return Math.min(Math.max(i - before, 0), length - 1);
    const at = (((i - before) % period) + period) % period;
    return at < length ? at : period - at;
  });
}

/** 0 .. length-1, then back and forth, `side` numbers in all. */
export function reflectIndices(length: number, side: number): number[] {
  const period = Math.max(1, 2 * (length - 1));
  return Array.from({ length: side }, (_, i) => {
    const at = i % period;
    return at < length ? at : period - at;
  });
}

/**
 * Nearest-neighbour doubling followed by a 3x3 convolution, exactly, without the doubled tensor: each of the four output
 * phases sees only 2x2 input cells, so the taps that fall on one cell are summed, and DepthToSpace interleaves the phases.
 * Zero padding stays exact, since the border of the doubled picture is zero exactly where the cell's is. 16 taps instead of
 * 36 a cell: measured 2.0 to 2.4 times as fast on WASM as Resize and Conv, or as one 3x3 convolution for all phases. `convolve` runs
 * one phase, for networks that add up otherwise.
 */
export function nearestThenConv(
  b: GraphBuilder,
  x: Value,
  kernel: Weight,
  bias: Weight | null,
  convolve: typeof convWeight = convWeight,
): Value {
  const [out = 0, inner = 0, kh, kw] = kernel.dims;
  expectShape(kh === 3 && kw === 3, 'nearest x2 and 3x3 convolution', x, kernel.dims);
  // onnxruntime-web 1.30 takes a kernel of its input's sides for one matrix product where nothing is padded above and to the left, whatever
  // is below and to the right (its WebGPU kernel was 60 to 96 % off on 2x2 cells): there the last phase looks at a row and column more.
  const isMistaken = x.dims[2] === 2 && x.dims[3] === 2;
  const phases = [0, 1, 2, 3].map((phase) => {
    const [down, right] = [phase >> 1, phase & 1];
    const [name, taps] = [`${kernel.name} phase ${phase}`, () => phaseKernel(kernel.read(), phase)];
    if (isMistaken && phase === 3) {
      const wide = { name: `${name} of 3x3`, dims: [out, inner, 3, 3], read: () => widened(taps()) };
      return convolve(b, x, wide, bias);
    }
    const pads = [1 - down, 1 - right, down, right] as const;
    return convolve(b, x, { name, dims: [out, inner, 2, 2], read: taps }, bias, { pads });
  });
  return depthToSpace(b, concat(b, phases, 1), 2, 'DCR');
}

/** Kernels of 2x2 as ones of 3x3 with zeros above and to the left. */
const widened = (kernels: Float32Array): Float32Array =>
  Float32Array.from({ length: (kernels.length / 4) * 9 }, (_, i) => {
    const [plane, row, column] = [Math.floor(i / 9), Math.floor((i % 9) / 3) - 1, (i % 3) - 1];
    return row < 0 || column < 0 ? 0 : (kernels[4 * plane + 2 * row + column] as number);
  });

/** The 2x2 kernel of output phase 2*row + column, from [out, inner, 3, 3] at double resolution. */
export function phaseKernel(kernel: Float32Array, phase: number): Float32Array {
  // Tap t of phase p reads the doubled picture at p + t - 1, that is cell floor((p + t - 1) / 2), of which phase p sees p - 1 and p.
  const cell = (p: number, tap: number): number => Math.floor((p + tap - 1) / 2) + 1 - p;
  const planes = kernel.length / 9;
  const result = new Float32Array(planes * 4);
  for (let plane = 0; plane < planes; plane++) {
    for (let tap = 0; tap < 9; tap++) {
      const row = cell(phase >> 1, Math.floor(tap / 3));
      const at = plane * 4 + row * 2 + cell(phase & 1, tap % 3);
      result[at] = (result[at] as number) + (kernel[plane * 9 + tap] as number);
    }
  }
  return result;
}
