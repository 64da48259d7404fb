import type { Tensor } from '../pipeline/compute.ts';

/** Planes in a storage buffer of the device. */
export interface GpuTensor extends Tensor {
  readonly buffer: GPUBuffer;
}
