// npm run dump -- FILE...: names, types and shapes of a file's tensors, and why each known network did or did not match.
import { basename } from 'node:path';
import { AppError } from '../src/core/errors.ts';
import { dumpFile } from '../src/lib/node/dump-report.ts';
import { withSlicedFile } from '../src/lib/node/sliced-path.ts';
import { runTool } from './onnx-file.ts';

const dump = (path: string): string[] => withSlicedFile(path, (file) => dumpFile(file, basename(path)));

await runTool('Usage: npm run dump -- FILE...', async () => {
  const files = process.argv.slice(2);
  if (files.length === 0) throw new AppError('engine/build', 'Name the file to look into.');
  for (const path of files) console.log(dump(path).join('\n'));
});
