/** A WGSL kernel over planar tensors; see shaders.ts for what the parameters mean to each. */
export interface KernelCall {
  readonly source: { readonly buffer: GPUBuffer; readonly height: number; readonly width: number };
  readonly target: { readonly buffer: GPUBuffer; readonly height: number; readonly width: number };
  readonly channels: number;
  /** Samples that are written: one invocation each. */
  readonly grid: { readonly height: number; readonly width: number };
  readonly offset?: { readonly y: number; readonly x: number };
  readonly taps?: number;
  /** Small constant arrays for the bindings after source and target. */
  readonly constants?: readonly (Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>)[];
}

const WORKGROUP = 16;

/** Runs WGSL kernels on one device; pipelines are kept by their source. */
export function createKernels(device: GPUDevice): (code: string, call: KernelCall) => void {
  const pipelines = new Map<string, GPUComputePipeline>();

  function pipelineFor(code: string): GPUComputePipeline {
    const found = pipelines.get(code);
    if (found !== undefined) return found;
    const module = device.createShaderModule({ code });
    const made = device.createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'main' } });
    pipelines.set(code, made);
    return made;
  }

  function bufferOf(
    data: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>,
    usage: GPUBufferUsageFlags,
  ): GPUBuffer {
    const buffer = device.createBuffer({
      size: Math.max(16, data.byteLength),
      usage: usage | GPUBufferUsage.COPY_DST,
    });
    device.queue.writeBuffer(buffer, 0, data);
    return buffer;
  }

  return (code, { source, target, channels, grid, offset = { y: 0, x: 0 }, taps = 0, constants = [] }) => {
    const pipeline = pipelineFor(code);
    const params = Uint32Array.of(
      source.width,
      source.height,
      target.width,
      target.height,
      offset.x,
      offset.y,
      taps,
      channels,
    );
    const own = [
      bufferOf(params, GPUBufferUsage.UNIFORM),
      ...constants.map((data) => bufferOf(data, GPUBufferUsage.STORAGE)),
    ];
    const [uniform, ...rest] = own;
    const buffers = [uniform, source.buffer, target.buffer, ...rest].filter((buffer) => buffer !== undefined);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(
      0,
      device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
      }),
    );
    pass.dispatchWorkgroups(Math.ceil(grid.width / WORKGROUP), Math.ceil(grid.height / WORKGROUP), channels);
    pass.end();
    device.queue.submit([encoder.finish()]);
    // Destroying leaves work that is already submitted alone.
    for (const buffer of own) buffer.destroy();
  };
}
