import { expose, transfer } from 'comlink';
import { type FileReading, MAX_READ_BYTES } from '../src/contract/file-reading.ts';
import { installTransferHandlers } from '../src/contract/transfer.ts';
import { AppError } from '../src/core/errors.ts';
import { type OpenedLatent, openFile } from '../src/core/open-file.ts';

async function bytesOf(file: Blob, name: string): Promise<Uint8Array<ArrayBuffer>> {
  if (file.size > MAX_READ_BYTES) {
    throw new AppError(
      'file/too-large',
      `“${name}” has ${(file.size / 1e9).toFixed(1)} GB; latents and pictures are read up to ${(MAX_READ_BYTES / 1e9).toFixed(1)} GB. Drop a smaller file, or weights under the name of their format (.safetensors, .pt, .ckpt).`,
    );
  }
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    throw new AppError(
      'file/unreadable',
      `“${name}” could not be read: it was moved or changed since it was chosen, or memory is short. Choose it again.`,
      { cause },
    );
  }
}

/** Every buffer of an opened latent once: its tensors are views on the file, so that few buffers hold all. */
function buffersOf({ file, latent }: OpenedLatent): ArrayBuffer[] {
  const views = [latent.data, ...[...file.tensors.values()].map(({ bytes }) => bytes)];
  return [...new Set(views.map(({ buffer }) => buffer))].filter((buffer) => buffer instanceof ArrayBuffer);
}

const reading: FileReading = {
  async ready() {},
  async open(file, name, override) {
    const opened = openFile(await bytesOf(file, name), name, override);
    return opened.kind === 'latent' ? transfer(opened, buffersOf(opened)) : opened;
  },
};

installTransferHandlers();
expose(reading);
