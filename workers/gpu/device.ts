import { AppError, isAbort } from '../../src/core/errors.ts';
import { within } from '../../src/core/within.ts';
import { reportAdapter, requestAdapter } from './probe.ts';

/** Our own device, shared with the runtime, and what has become of it. */
export interface OpenDevice {
  readonly device: GPUDevice;
  /** True for one that is emulated on the CPU. */
  readonly isSoftware: boolean;
  /** Why it can no longer be trusted, or null. */
  failure(): AppError | null;
  /** Resolves when everything submitted so far is done, or the device is lost. */
  done(): Promise<void>;
  /** Lets go of it; our own device is destroyed. */
  close(): void;
  /**
   * What lies behind an error of some work on the device: its loss, where that is the cause, else the error itself. A pending
   * mapAsync of a lost device rejects with an AbortError, so callers keep cancels of their own away from here.
   */
  explain(error: unknown): Promise<unknown>;
}

export const lossOf = (message: string): AppError =>
  new AppError(
    'gpu/lost',
    `The browser took the GPU away${message === '' ? '' : ` (${message})`}. Try again.`,
  );

/** What Chromium throws out of pending calls when the GPU process ends, sometimes before `lost` resolves; others have words of their own. */
const LOSS = /instance dropped|external instance|device (was|is) lost/i;

/** What the runtime's kernels use where it is there (it asks for the same on devices of its own). */
const WANTED_FEATURES: readonly GPUFeatureName[] = ['shader-f16', 'subgroups', 'timestamp-query'];

/**
 * Limits raised from the defaults to what the adapter has: with the defaults a binding ends at 128 MiB, below what one
 * decoder layer needs.
 */
const RAISED_LIMITS = [
  'maxBindGroups',
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
  'maxTextureDimension2D',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

/** How long `lost` may come after the error that a loss made, whatever its words: they go through the same queue. */
const LOSS_NOTICE_MS = 250;

/** Opening starts the driver, which takes a second or two at most. */
const OPENING_MS = 20_000;

/** Opens the fast adapter's device. Throws gpu/unavailable. */
export async function openDevice(): Promise<OpenDevice> {
  const adapter = await requestAdapter();
  if (typeof adapter === 'string') {
    throw new AppError('gpu/unavailable', 'This browser offers no GPU through WebGPU. Use the CPU instead.');
  }
  const asked = adapter.requestDevice({
    requiredFeatures: WANTED_FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(RAISED_LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  const device = await within(asked, OPENING_MS, () => {
    throw new AppError(
      'gpu/unavailable',
      `The GPU did not answer within ${OPENING_MS / 1000} s when it was to be opened. Use the CPU, or restart the browser.`,
    );
  }).catch((cause: unknown) => {
    if (cause instanceof AppError) throw cause;
    throw new AppError('gpu/unavailable', 'The GPU refused to be opened. Close other pages that use it.', {
      cause,
    });
  });
  // The runtime reads adapterInfo, adds it to devices of its own only, and some browsers lack it (onnxruntime #26480).
  if (device.adapterInfo === undefined) Object.defineProperty(device, 'adapterInfo', { value: adapter.info });

  let failure: AppError | null = null;
  // The first failure is the cause, the others follow from it.
  device.lost.then(({ reason, message }) => {
    if (reason !== 'destroyed') failure ??= lossOf(message);
  });
  // Running out of memory is no validation error: runs "succeed" and give garbage (onnxruntime #25195).
  device.addEventListener('uncapturederror', ({ error }) => {
    failure ??=
      error instanceof GPUOutOfMemoryError
        ? new AppError('gpu/out-of-memory', 'The GPU ran out of memory. Try a smaller scale.')
        : new AppError('gpu/lost', `The GPU reported an error: ${error.message}`);
  });
  return {
    device,
    isSoftware: reportAdapter(adapter).isSoftware,
    failure: () => failure,
    async explain(error) {
      if (error instanceof Error && (LOSS.test(error.message) || isAbort(error))) {
        failure ??= lossOf(error.message);
      } else if (failure === null) await within(device.lost, LOSS_NOTICE_MS, () => {});
      return failure ?? error;
    },
    done: async () => {
      await Promise.race([device.queue.onSubmittedWorkDone(), device.lost]);
    },
    close: () => device.destroy(),
  };
}
