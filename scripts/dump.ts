// npm run dump -- FILE...: names, types and shapes of a file's tensors, and why each known network did or did not match.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { AppError } from '../src/core/errors.ts';
import type { SlicedFile } from '../workers/library/sliced-file.ts';
import { dumpFile } from './dump-report.ts';
import { runTool } from './onnx-file.ts';

const slicedFile = (handle: number): SlicedFile => ({
  size: fstatSync(handle).size,
  read(begin, end) {
    const bytes = new Uint8Array(end - begin);
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(handle, bytes, filled, bytes.length - filled, begin + filled);
      if (count === 0) throw new AppError('file/unreadable', 'The file ended while it was read.');
      filled += count;
    }
    return bytes;
  },
});

function dump(path: string): string[] {
  const handle = openSync(path, 'r');
  try {
    return dumpFile(slicedFile(handle), basename(path));
  } finally {
    closeSync(handle);
  }
}

await runTool('Usage: npm run dump -- FILE...', async () => {
  const files = process.argv.slice(2);
  if (files.length === 0) throw new AppError('engine/build', 'Name the file to look into.');
  for (const path of files) console.log(dump(path).join('\n'));
});
