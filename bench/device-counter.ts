/** What a GPU was asked to do since the last reset, counted at the device and not guessed from graphs. */
export interface DeviceCounts {
  readonly dispatches: number;
  readonly submits: number;
  /** Pipelines made: each is a shader that a first visitor waits for. */
  readonly pipelines: number;
  /** Storage bindings of all dispatches added up: what a kernel may read and write, each once. */
  readonly movedBytes: number;
  /** Buffer to buffer, read and written. */
  readonly copiedBytes: number;
  /** Written from the CPU into storage. */
  readonly uploadedBytes: number;
  /** The most that all buffers held at once. */
  readonly peakBytes: number;
}

/** Runs in a worker before its device is opened or after; adds `deviceCounts` and `resetDeviceCounts()` to its globals. */
export const DEVICE_COUNTER = `(() => {
  let live = 0;
  const sizes = new WeakMap();
  const groups = new WeakMap();
  const bound = new WeakMap();
  const fresh = () => ({ dispatches: 0, submits: 0, pipelines: 0, movedBytes: 0, copiedBytes: 0, uploadedBytes: 0, peakBytes: live });
  globalThis.deviceCounts = fresh();
  globalThis.resetDeviceCounts = () => { globalThis.deviceCounts = fresh(); };
  const counts = () => globalThis.deviceCounts;
  const around = (prototype, name, after) => {
    const own = prototype[name];
    prototype[name] = function counted(...values) {
      const result = own.apply(this, values);
      after.call(this, result, ...values);
      return result;
    };
  };
  const STORAGE = GPUBufferUsage.STORAGE;
  around(GPUDevice.prototype, 'createBuffer', (buffer, { size }) => {
    sizes.set(buffer, size);
    live += size;
    counts().peakBytes = Math.max(counts().peakBytes, live);
  });
  around(GPUBuffer.prototype, 'destroy', function () {
    live -= sizes.get(this) ?? 0;
    sizes.delete(this);
  });
  around(GPUDevice.prototype, 'createBindGroup', (group, { entries }) => {
    let bytes = 0;
    for (const { resource } of entries) {
      const buffer = resource instanceof GPUBuffer ? resource : resource.buffer;
      if (!(buffer instanceof GPUBuffer) || (buffer.usage & STORAGE) === 0) continue;
      bytes += resource.size ?? buffer.size - (resource.offset ?? 0);
    }
    groups.set(group, bytes);
  });
  around(GPUComputePassEncoder.prototype, 'setBindGroup', function (_, index, group) {
    const all = bound.get(this) ?? [];
    all[index] = groups.get(group) ?? 0;
    bound.set(this, all);
  });
  for (const name of ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect']) {
    around(GPUComputePassEncoder.prototype, name, function () {
      counts().dispatches += 1;
      for (const bytes of bound.get(this) ?? []) counts().movedBytes += bytes ?? 0;
    });
  }
  around(GPUCommandEncoder.prototype, 'copyBufferToBuffer', (_, ...values) => {
    const size = values.length > 3 ? values[4] : (values[2] ?? values[0].size);
    counts().copiedBytes += 2 * size;
  });
  around(GPUQueue.prototype, 'writeBuffer', (_, buffer, at, data, from, size) => {
    if ((buffer.usage & STORAGE) === 0) return;
    const unit = ArrayBuffer.isView(data) ? (data.BYTES_PER_ELEMENT ?? 1) : 1;
    counts().uploadedBytes += size === undefined ? data.byteLength - (from ?? 0) * unit : size * unit;
  });
  around(GPUQueue.prototype, 'submit', () => { counts().submits += 1; });
  for (const name of ['createComputePipeline', 'createComputePipelineAsync']) {
    around(GPUDevice.prototype, name, () => { counts().pipelines += 1; });
  }
})()`;
