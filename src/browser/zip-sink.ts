import { Zip, ZipPassThrough } from 'fflate';
import { filesWords } from '../words/files.ts';

/** Where the bytes of a ZIP go. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
  /** Throws away what was written, as far as that can be done. */
  abort(): Promise<void>;
}

/** ZIP without its 64-bit form ends at 4 GB. */
const MOST_BYTES = 2 ** 32 - 2 ** 20;

/** A ZIP written file by file to `sink`; pictures are compressed already, so they are stored. One file is in memory at a time. */
export function createZip(sink: ByteSink) {
  let failure: unknown = null;
  let written = 0;
  let pending: Uint8Array[] = [];
  const zip = new Zip((error, bytes) => {
    if (error !== null) failure = error;
    else pending.push(bytes);
  });

  async function flush(): Promise<void> {
    if (failure !== null) throw failure;
    const ready = pending;
    pending = [];
    for (const bytes of ready) {
      written += bytes.length;
      await sink.write(bytes);
    }
  }

  return {
    async add(name: string, bytes: Uint8Array): Promise<void> {
      if (written + bytes.length > MOST_BYTES) {
        throw new Error('the ZIP would be larger than 4 GB; export fewer files, or as JPEG');
      }
      const entry = new ZipPassThrough(name);
      zip.add(entry);
      entry.push(bytes, true);
      await flush();
    },
    async end(): Promise<void> {
      zip.end();
      await flush();
      await sink.close();
    },
  };
}

type Picker = (options: {
  suggestedName: string;
  types: readonly { description: string; accept: Readonly<Record<string, readonly string[]>> }[];
}) => Promise<{ createWritable(): Promise<FileSystemWritableFileStream> }>;

/**
 * A file that the person chooses, written to as the bytes come; where the browser has no such dialog, a blob that `save` hands to
 * its downloads. To be called from a click. Rejects with an AbortError where the person closes the dialog.
 */
export async function chooseSink(name: string, save: (blob: Blob, name: string) => void): Promise<ByteSink> {
  const picker = (globalThis as { showSaveFilePicker?: Picker }).showSaveFilePicker;
  if (picker === undefined) return blobSink(name, save);
  const types = [{ description: filesWords().zip, accept: { 'application/zip': ['.zip'] } }];
  const stream = await (await picker({ suggestedName: name, types })).createWritable();
  return {
    write: (bytes) => stream.write(new Uint8Array(bytes)),
    close: () => stream.close(),
    abort: () => stream.abort(),
  };
}

function blobSink(name: string, save: (blob: Blob, name: string) => void): ByteSink {
  // Browsers put large blobs on the disk; an array of the bytes would stay in memory.
  let whole = new Blob([]);
  return {
    async write(bytes) {
      whole = new Blob([whole, new Uint8Array(bytes)], { type: 'application/zip' });
    },
    async close() {
      save(whole, name);
    },
    async abort() {},
  };
}
