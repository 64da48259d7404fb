// npm run export:onnx -- --model flux2-lua --height 64 --width 64 --scale 2 --out lua.onnx
import { readFile } from 'node:fs/promises';
import { readTensorFile } from '../src/core/containers/index.ts';
import { AppError } from '../src/core/errors.ts';
import { recogniseModel } from '../src/core/networks/recognise.ts';
import { readBytes, readOptions, runTool, writeSizes } from './onnx-file.ts';

const MODELS = new URL('../public/models/', import.meta.url);

interface Entry {
  readonly id: string;
  readonly file: string;
  readonly role: string;
}

async function findEntry(id: string | undefined): Promise<Entry> {
  const manifest = JSON.parse(await readFile(new URL('manifest.json', MODELS), 'utf8')) as {
    models: Entry[];
  };
  const entry = manifest.models.find((model) => model.id === id);
  if (!entry) {
    throw new AppError(
      'model/manifest',
      `--model ${id ?? 'is missing'}; the manifest has ${manifest.models.map((model) => model.id).join(', ')}.`,
    );
  }
  return entry;
}

await runTool(
  'Usage: npm run export:onnx -- --model ID (--height H --width W | --sizes HxW,HxW...) [--scale 2|4] [--precision f32|f16] --out FILE.onnx',
  async () => {
    const options = readOptions(process.argv.slice(2));
    const entry = await findEntry(options.model);
    const { tensors } = readTensorFile(await readBytes(new URL(entry.file, MODELS)), entry.file);
    const description = recogniseModel(tensors).find(({ role }) => role === entry.role);
    if (!description) {
      throw new AppError(
        'model/mismatch',
        `${entry.file} holds no ${entry.role}, which the manifest calls it.`,
      );
    }
    await writeSizes(description, tensors, options);
  },
);
