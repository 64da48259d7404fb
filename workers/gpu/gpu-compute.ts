import type { Planes } from '../../src/core/pixels.ts';
import { type Taps, tapsFor } from '../../src/core/resample.ts';
import type { WebgpuRuntime } from '../ort/webgpu-sessions.ts';
import type { Compute, Moments } from '../pipeline/compute.ts';
import { joinMoments } from '../pipeline/moments.ts';
import { createPace, type PaceLimits } from '../pipeline/pace.ts';
import { watched } from '../pipeline/watched-compute.ts';
import { budgetOf, machineOf } from './budget.ts';
import type { OpenDevice } from './device.ts';
import { createPresenter } from './gpu-surface.ts';
import type { GpuTensor } from './gpu-tensor.ts';
import { createKernels } from './kernels.ts';
import { ACCUMULATE, COLUMN_MOMENTS, CROP, RESAMPLE_ACROSS, RESAMPLE_DOWN } from './shaders.ts';

/** 2048 pixels a side at 8 per cell: large enough to fill any GPU, short enough to leave it to the page in between. */
const MAX_TILE_CELLS = 256;

/**
 * A tile is some fifteen to sixty dispatches, the largest of which takes up to half of it: a second a tile keeps each below half a second.
 */
const PACE: PaceLimits = {
  tileMs: 1000,
  unknownCells: 128,
  mostCells: MAX_TILE_CELLS,
  leastCells: 24,
};

/**
 * How long one step may take before the GPU counts as hung. A cold run compiles some sixty shaders, which takes slow drivers up to
 * half a minute; an emulated GPU was seen to take minutes.
 */
const PATIENCE_MS = { hardware: 120_000, software: 600_000 } as const;

/** The runtime's kernels read whole vec4s, hence the rounding to 16 bytes. */
function allocate(device: GPUDevice, channels: number, height: number, width: number): GpuTensor {
  const buffer = device.createBuffer({
    size: Math.max(16, Math.ceil((channels * height * width * 4) / 16) * 16),
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  return { channels, height, width, buffer, dispose: () => buffer.destroy() };
}

const constantsOf = ({ starts, weights }: Taps) => [starts, weights];

type Transfer = Pick<Compute<GpuTensor>, 'upload' | 'download' | 'zeros'>;

/** To the device and back. */
const createTransfer = (device: GPUDevice): Transfer => ({
  upload({ data, channels, height, width }: Planes) {
    const tensor = allocate(device, channels, height, width);
    device.queue.writeBuffer(tensor.buffer, 0, data as Float32Array<ArrayBuffer>);
    return tensor;
  },

  async download({ buffer, channels, height, width }) {
    const size = channels * height * width * 4;
    const staging = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, size);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const data = new Float32Array(staging.getMappedRange().slice(0));
    staging.destroy();
    return { data, channels, height, width };
  },

  zeros: (channels, height, width) => allocate(device, channels, height, width),
});

/** Mean and sum of squares of every column in WGSL, the rest in float64 here. */
async function momentsOn(
  device: GPUDevice,
  run: ReturnType<typeof createKernels>,
  source: GpuTensor,
): Promise<Moments> {
  const { channels, height, width } = source;
  const columns = allocate(device, channels, 2, width);
  run(COLUMN_MOMENTS, { source, target: columns, channels, grid: { height: 1, width } });
  const { data } = await createTransfer(device).download(columns);
  columns.dispose();
  const row = (wanted: number): Float32Array => data.filter((_, i) => Math.floor(i / width) % 2 === wanted);
  return joinMoments(row(0), row(1), height);
}

type Arithmetic = Pick<Compute<GpuTensor>, 'crop' | 'stack' | 'moments' | 'resample' | 'accumulate'>;

/** From tensor to tensor, in WGSL. */
function createArithmetic(device: GPUDevice): Arithmetic {
  const run = createKernels(device);
  return {
    moments: (source) => momentsOn(device, run, source),

    crop(source, rect) {
      const target = allocate(device, source.channels, rect.height, rect.width);
      run(CROP, { source, target, channels: source.channels, grid: target, offset: rect });
      return target;
    },

    stack(tensors) {
      const { height = 0, width = 0 } = tensors[0] ?? {};
      const channels = tensors.reduce((sum, tensor) => sum + tensor.channels, 0);
      const target = allocate(device, channels, height, width);
      const encoder = device.createCommandEncoder();
      let filled = 0;
      for (const { buffer, channels: own } of tensors) {
        const size = own * height * width * 4;
        encoder.copyBufferToBuffer(buffer, 0, target.buffer, filled, size);
        filled += size;
      }
      device.queue.submit([encoder.finish()]);
      return target;
    },

    resample(source, size, kernel, rect) {
      const { channels } = source;
      const across = tapsFor(source.width, size.width, rect.x, rect.width, kernel);
      const down = tapsFor(source.height, size.height, rect.y, rect.height, kernel);
      const firstRow = down.starts[0] as number;
      const rows = (down.starts[rect.height - 1] as number) + down.count - firstRow;
      const offset = { y: firstRow, x: 0 };
      const narrow = allocate(device, channels, rows, rect.width);
      run(RESAMPLE_ACROSS, {
        source,
        target: narrow,
        channels,
        grid: narrow,
        offset,
        taps: across.count,
        constants: constantsOf(across),
      });
      const target = allocate(device, channels, rect.height, rect.width);
      run(RESAMPLE_DOWN, {
        source: narrow,
        target,
        channels,
        grid: target,
        offset,
        taps: down.count,
        constants: constantsOf(down),
      });
      narrow.dispose();
      return target;
    },

    accumulate(target, tile, at, weights) {
      run(ACCUMULATE, {
        source: tile,
        target,
        channels: tile.channels,
        grid: tile,
        offset: at,
        constants: [weights.rows as Float32Array<ArrayBuffer>, weights.columns as Float32Array<ArrayBuffer>],
      });
    },
  };
}

/** Arithmetic in WGSL and networks in the runtime, on one device; data stays there except for `download`. */
export function createGpuCompute(
  runtime: WebgpuRuntime,
  opened: OpenDevice,
  options: { readonly memoryShare: number },
): Compute<GpuTensor> {
  const { device } = opened;
  const { budgetBytes, tensorLimitBytes } = budgetOf(machineOf(device.limits, navigator));

  const compute: Compute<GpuTensor> = {
    backend: 'webgpu',
    tensorLimitBytes: tensorLimitBytes * options.memoryShare,
    budgetBytes: budgetBytes * options.memoryShare,
    maxTileCells: MAX_TILE_CELLS,
    pace: createPace(PACE),
    ...createTransfer(device),
    ...createArithmetic(device),
    ...createPresenter(device),

    async createNetwork(graph) {
      const session = await runtime.createSession(graph);
      const [, channels = 0, height = 0, width = 0] = graph.output.dims;
      return {
        async run(input) {
          const { buffer, release } = await session.run(input.buffer);
          return { channels, height, width, buffer, dispose: release };
        },
        dispose: () => session.release(),
      };
    },

    done: opened.done,
    failure: opened.failure,
    explain: opened.explain,
    async dispose() {
      opened.close();
    },
  };
  return watched(compute, PATIENCE_MS[opened.isSoftware ? 'software' : 'hardware']);
}
