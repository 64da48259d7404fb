import { crop, type Planes } from '../../src/core/pixels.ts';
import { resample } from '../../src/core/resample.ts';
import type { WasmRuntime } from '../ort/cpu-sessions.ts';
import type { Compute, Surface, Tensor } from '../pipeline/compute.ts';
import { momentsOf } from '../pipeline/moments.ts';

/** Planes in the worker's own memory. */
export interface CpuTensor extends Tensor, Planes {}

const MIB = 2 ** 20;
/** A WASM heap ends at 4 GiB and phones give less: with this a 4096x4096 decode stays well below 3 GB in all. */
const BUDGET_BYTES = 768 * MIB;
const TENSOR_LIMIT_BYTES = 256 * MIB;
/** About three seconds a tile on two cores: larger tiles waste less on halos, smaller ones answer a cancel sooner. */
const MAX_TILE_CELLS = 192;

const tensorOf = (planes: Planes): CpuTensor => ({ ...planes, dispose: () => {} });

/** Arithmetic in memory, networks on the CPU build. `createSurface` is the one thing that differs between browser and Node. */
export function createCpuCompute(
  runtime: WasmRuntime,
  options: {
    readonly createSurface: (height: number, width: number) => Surface<CpuTensor, ImageBitmap>;
    /** See EngineSettings. */
    readonly memoryShare: number;
  },
): Compute<CpuTensor> {
  return {
    backend: 'wasm',
    tensorLimitBytes: TENSOR_LIMIT_BYTES * options.memoryShare,
    budgetBytes: BUDGET_BYTES * options.memoryShare,
    maxTileCells: MAX_TILE_CELLS,
    upload: tensorOf,
    download: async (tensor) => tensor,
    zeros: (channels, height, width) =>
      tensorOf({ data: new Float32Array(channels * height * width), channels, height, width }),
    crop: (tensor, rect) => tensorOf(crop(tensor, rect)),
    stack(tensors) {
      const { height = 0, width = 0 } = tensors[0] ?? {};
      const channels = tensors.reduce((sum, tensor) => sum + tensor.channels, 0);
      const data = new Float32Array(channels * height * width);
      let filled = 0;
      for (const tensor of tensors) {
        data.set(tensor.data, filled);
        filled += tensor.data.length;
      }
      return tensorOf({ data, channels, height, width });
    },
    moments: async (tensor) => momentsOf(tensor.data),
    resample: (tensor, target, kernel, rect) => tensorOf(resample(tensor, target, kernel, rect)),
    accumulate(target, tile, at, weights) {
      for (let c = 0; c < tile.channels; c += 1) {
        for (let y = 0; y < tile.height; y += 1) {
          const from = (c * tile.height + y) * tile.width;
          const to = (c * target.height + at.y + y) * target.width + at.x;
          const row = weights.rows[y] as number;
          for (let x = 0; x < tile.width; x += 1) {
            target.data[to + x] =
              (target.data[to + x] as number) +
              (tile.data[from + x] as number) * row * (weights.columns[x] as number);
          }
        }
      }
    },
    async createNetwork(graph) {
      const session = await runtime.createSession(graph);
      const [, channels = 0, height = 0, width = 0] = graph.output.dims;
      return {
        run: async (input) => tensorOf({ data: await session.run(input.data), channels, height, width }),
        dispose: () => session.release(),
      };
    },
    createSurface: options.createSurface,
    done: async () => {},
    failure: () => null,
    explain: async (error) => error,
    dispose: async () => {},
  };
}
