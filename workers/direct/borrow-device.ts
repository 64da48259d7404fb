import { AppError } from '../../src/core/errors.ts';
import { lossOf, type OpenDevice } from '../gpu/device.ts';
import { reportAdapter } from '../gpu/probe.ts';

/** A device of the caller's: watched while it is used, and never destroyed. */
export interface BorrowedDevice extends OpenDevice {
  /** Forgets an error of before, which may have been the caller's own; a loss stays. */
  startCall(): void;
}

export function borrowDevice(device: GPUDevice): BorrowedDevice {
  let loss: AppError | null = null;
  let fault: AppError | null = null;
  device.lost.then(({ reason, message }) => {
    loss = lossOf(reason === 'destroyed' ? 'the device was destroyed' : message);
  });
  function onError({ error }: GPUUncapturedErrorEvent): void {
    fault ??=
      error instanceof GPUOutOfMemoryError
        ? new AppError('gpu/out-of-memory', 'The GPU ran out of memory. Try a smaller scale.')
        : new AppError('engine/run', `The GPU reported an error during the call: ${error.message}`);
  }
  device.addEventListener('uncapturederror', onError);
  const failure = (): AppError | null => loss ?? fault;
  return {
    device,
    isSoftware: reportAdapter({ info: device.adapterInfo, limits: device.limits }).isSoftware,
    failure,
    async explain(error) {
      // The events of a device come a task after the rejections that it causes.
      await new Promise((resolve) => setTimeout(resolve, 0));
      return failure() ?? error;
    },
    done: async () => {
      await Promise.race([device.queue.onSubmittedWorkDone(), device.lost]);
    },
    close: () => device.removeEventListener('uncapturederror', onError),
    startCall() {
      fault = null;
    },
  };
}
