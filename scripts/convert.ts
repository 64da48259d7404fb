// npm run convert -- vae.safetensors --role decoder --height 64 --width 64 --out decoder.onnx
import { readTensorFile } from '../src/core/containers/index.ts';
import { AppError } from '../src/core/errors.ts';
import type { ModelDescription } from '../src/core/graph/index.ts';
import { recogniseModel } from '../src/core/networks/recognise.ts';
import { readBytes, readOptions, runTool, writeSizes } from './onnx-file.ts';

function choose(found: readonly ModelDescription[], role: string | undefined): ModelDescription {
  const [first, second] = role ? found.filter((description) => description.role === role) : found;
  if (!first || second) {
    const roles = found.map((description) => `${description.role} (${description.title})`).join(', ');
    throw new AppError('model/mismatch', `The file holds ${roles}; choose one with --role.`);
  }
  return first;
}

await runTool(
  'Usage: npm run convert -- FILE (--height H --width W | --sizes HxW,HxW...) [--role ROLE] [--scale 2|4] [--precision f32|f16] --out MODEL.onnx',
  async () => {
    const options = readOptions(process.argv.slice(2));
    const [file, ...others] = options.files;
    if (!file || others.length > 0) {
      throw new AppError('engine/build', `Name one weights file; found ${options.files.length}.`);
    }
    const { tensors } = readTensorFile(await readBytes(file), file);
    await writeSizes(choose(recogniseModel(tensors), options.role), tensors, options);
  },
);
