/** Names by which software adapters give themselves away where `isFallbackAdapter` does not exist or does not say so. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|basic render|software/i;

type AdapterNames = Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'device' | 'description'> & {
  readonly isFallbackAdapter?: boolean;
};

/** Whether a WebGPU adapter computes on the CPU, where WASM is faster. */
export const isSoftwareAdapter = ({
  vendor,
  architecture,
  device,
  description,
  isFallbackAdapter,
}: AdapterNames): boolean =>
  isFallbackAdapter === true || SOFTWARE.test([vendor, architecture, device, description].join(' '));
