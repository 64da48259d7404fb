import type { DeviceCounts } from './device-counter.ts';

/**
 * A GPU that computes nothing and counts what it is asked for. Graphs, kernels and tile sizes are the runtime's own; no picture comes
 * out, but dispatches, bytes and memory do not depend on values, so a change is judged in Node within seconds.
 */
export interface CountingDevice {
  readonly device: GPUDevice;
  readonly counts: () => DeviceCounts;
  reset(): void;
}

interface Tally {
  dispatches: number;
  submits: number;
  pipelines: number;
  movedBytes: number;
  copiedBytes: number;
  uploadedBytes: number;
  peakBytes: number;
}

const STORAGE = 0x80;

/** The names that a browser has and Node lacks; the runtime asks `instanceof` of some. */
const CLASSES = [
  'GPU',
  'GPUAdapter',
  'GPUDevice',
  'GPUBuffer',
  'GPUQueue',
  'GPUTexture',
  'GPUError',
] as const;
const FLAGS = {
  GPUBufferUsage: {
    MAP_READ: 1,
    MAP_WRITE: 2,
    COPY_SRC: 4,
    COPY_DST: 8,
    INDEX: 16,
    VERTEX: 32,
    UNIFORM: 64,
    STORAGE,
    INDIRECT: 256,
    QUERY_RESOLVE: 512,
  },
  GPUMapMode: { READ: 1, WRITE: 2 },
  GPUShaderStage: { VERTEX: 1, FRAGMENT: 2, COMPUTE: 4 },
} as const;

/** What a middling desktop adapter allows. */
const LIMITS = {
  maxBindGroups: 4,
  maxBindingsPerBindGroup: 1000,
  maxBufferSize: 2 ** 31,
  maxStorageBufferBindingSize: 2 ** 31 - 4,
  maxUniformBufferBindingSize: 65536,
  maxStorageBuffersPerShaderStage: 10,
  maxUniformBuffersPerShaderStage: 12,
  maxDynamicStorageBuffersPerPipelineLayout: 4,
  maxDynamicUniformBuffersPerPipelineLayout: 8,
  maxComputeWorkgroupStorageSize: 32768,
  maxComputeInvocationsPerWorkgroup: 1024,
  maxComputeWorkgroupSizeX: 1024,
  maxComputeWorkgroupSizeY: 1024,
  maxComputeWorkgroupSizeZ: 64,
  maxComputeWorkgroupsPerDimension: 65535,
  maxTextureDimension2D: 16384,
  minStorageBufferOffsetAlignment: 256,
  minUniformBufferOffsetAlignment: 256,
};

const fresh = (live: number): Tally => ({
  dispatches: 0,
  submits: 0,
  pipelines: 0,
  movedBytes: 0,
  copiedBytes: 0,
  uploadedBytes: 0,
  peakBytes: live,
});

interface FakeBuffer {
  readonly size: number;
  readonly usage: number;
}

type Entry = { readonly resource: { buffer: FakeBuffer; size?: number; offset?: number } | FakeBuffer };

function bytesOf(entries: Iterable<Entry>): number {
  let bytes = 0;
  for (const { resource } of entries) {
    const binding = 'buffer' in resource ? resource : { buffer: resource };
    if ((binding.buffer.usage & STORAGE) === 0) continue;
    bytes += binding.size ?? binding.buffer.size - (binding.offset ?? 0);
  }
  return bytes;
}

/** Objects that only have to be there. */
const inert = (more: object = {}): object => ({ label: '', destroy() {}, ...more });

function makePass(state: { tally: Tally }) {
  const bound: number[] = [];
  function dispatch(): void {
    state.tally.dispatches += 1;
    for (const bytes of bound) state.tally.movedBytes += bytes ?? 0;
  }
  return inert({
    setPipeline() {},
    setBindGroup(index: number, group: { bytes: number } | null) {
      bound[index] = group?.bytes ?? 0;
    },
    dispatchWorkgroups: dispatch,
    dispatchWorkgroupsIndirect: dispatch,
    end() {},
    pushDebugGroup() {},
    popDebugGroup() {},
  });
}

const makeEncoder = (state: { tally: Tally }) =>
  inert({
    beginComputePass: () => makePass(state),
    copyBufferToBuffer(...values: readonly unknown[]) {
      const size = values.length > 3 ? (values[4] as number) : ((values[2] as number | undefined) ?? 0);
      state.tally.copiedBytes += 2 * size;
    },
    clearBuffer() {},
    finish: () => inert(),
  });

function makeQueue(state: { tally: Tally }) {
  const queue = Object.create(
    (globalThis as unknown as { GPUQueue: { prototype: object } }).GPUQueue.prototype,
  );
  return Object.assign(queue, {
    label: '',
    submit() {
      state.tally.submits += 1;
    },
    writeBuffer(buffer: FakeBuffer, _at: number, data: ArrayBufferView, from = 0, size?: number) {
      if ((buffer.usage & STORAGE) === 0) return;
      const unit = (data as Uint8Array).BYTES_PER_ELEMENT ?? 1;
      state.tally.uploadedBytes += size === undefined ? data.byteLength - from * unit : size * unit;
    },
    onSubmittedWorkDone: async () => {},
  });
}

function defineGlobals(): Record<string, unknown> {
  const scope = globalThis as unknown as Record<string, unknown>;
  for (const name of CLASSES) scope[name] ??= class {};
  for (const [name, flags] of Object.entries(FLAGS)) scope[name] ??= flags;
  return scope;
}

/** The runtime asks for an adapter before it takes the device that it is given. */
function offerAdapter({ features, adapterInfo }: GPUDevice): void {
  const adapter = { features, limits: LIMITS, info: adapterInfo };
  const navigator = {
    gpu: { requestAdapter: async () => adapter },
    userAgent: 'node',
    hardwareConcurrency: 1,
  };
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
}

/** Puts the classes of WebGPU into the globals (Node has none) and makes a device with these features. */
export function openCountingDevice(features: readonly GPUFeatureName[]): CountingDevice {
  const scope = defineGlobals();
  let live = 0;
  const state = { tally: fresh(0) };
  const prototypeOf = (name: string): object => (scope[name] as { prototype: object }).prototype;

  function createBuffer({ size, usage }: { size: number; usage: number }): object {
    live += size;
    state.tally.peakBytes = Math.max(state.tally.peakBytes, live);
    let isLive = true;
    let bytes: ArrayBuffer | null = null;
    return Object.assign(Object.create(prototypeOf('GPUBuffer')), {
      size,
      usage,
      label: '',
      mapState: 'unmapped',
      mapAsync: async () => {},
      getMappedRange: (from = 0, length = size - from) => {
        bytes ??= new ArrayBuffer(size);
        return from === 0 && length === size ? bytes : bytes.slice(from, from + length);
      },
      unmap() {
        bytes = null;
      },
      destroy() {
        if (isLive) live -= size;
        isLive = false;
      },
    });
  }

  function pipeline(): object {
    state.tally.pipelines += 1;
    return inert({ getBindGroupLayout: () => inert() });
  }
  const device = Object.assign(Object.create(prototypeOf('GPUDevice')), {
    label: '',
    features: new Set(features),
    limits: LIMITS,
    adapterInfo: {
      vendor: '',
      architecture: '',
      device: '',
      description: '',
      subgroupMinSize: 4,
      subgroupMaxSize: 128,
    },
    queue: makeQueue(state),
    lost: new Promise(() => {}),
    createBuffer,
    createBindGroup: ({ entries }: { entries: Iterable<Entry> }) => inert({ bytes: bytesOf(entries) }),
    createBindGroupLayout: () => inert(),
    createPipelineLayout: () => inert(),
    createShaderModule: () => inert({ getCompilationInfo: async () => ({ messages: [] }) }),
    createComputePipeline: pipeline,
    createComputePipelineAsync: async () => pipeline(),
    createCommandEncoder: () => makeEncoder(state),
    createQuerySet: () => inert(),
    pushErrorScope() {},
    popErrorScope: async () => null,
    addEventListener() {},
    removeEventListener() {},
    destroy() {},
  });
  offerAdapter(device as GPUDevice);
  return {
    device: device as GPUDevice,
    counts: () => ({ ...state.tally }),
    reset() {
      state.tally = fresh(live);
    },
  };
}
