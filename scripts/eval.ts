import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseManifest } from '../src/contract/model-manifest.ts';
import { readTensorFile } from '../src/core/containers/index.ts';
import { AppError } from '../src/core/errors.ts';
import { NETWORKS } from '../src/core/networks/index.ts';
import type { Role } from '../src/core/role.ts';
import { createInProcessEngine } from '../workers/in-process.ts';
import { type Model, modelOf } from '../workers/pipeline/model.ts';
import { meanOf, measurePicture, SECOND_WAYS, WAYS, type Ways } from './measure-picture.ts';
import { readPicture } from './read-picture.ts';

const USAGE =
  'npm run eval -- --dir DIR [--encoder FILE] [--decoder FILE] [--decoder2 FILE] [--upscaler FILE] [--match TEXT] [--json]';

const modelsDir = fileURLToPath(new URL('../public/models/', import.meta.url));

/** The released file of a role. */
function releasedFile(role: Role): string {
  const manifest = parseManifest(JSON.parse(readFileSync(join(modelsDir, 'manifest.json'), 'utf8')));
  const entry = manifest.models.find((model) => model.role === role);
  if (entry === undefined) {
    throw new AppError('model/missing', `The release has no ${role}. Name one with --${role}.`);
  }
  return join(modelsDir, entry.file);
}

function openRole(role: Role, path: string | undefined): Model {
  const file = path ?? releasedFile(role);
  return modelOf(
    { id: role, file: basename(file), role, key: file },
    readTensorFile(new Uint8Array(readFileSync(file)), basename(file)).tensors,
    NETWORKS,
  );
}

/** Columns with their digits. */
const COLUMNS = [
  ['PSNR dB', 'psnr', 2],
  ['SSIM', 'ssim', 4],
  ['MS-SSIM', 'msSsim', 4],
  ['GMSD', 'gmsd', 4],
  ['sharpness', 'sharpness', 3],
  ['grid /255', 'grid', 2],
  ['drift /255', 'drift', 2],
  ['tint /255', 'tint', 2],
] as const;

function table(mean: Ways): string {
  const rows = [...WAYS, ...SECOND_WAYS].flatMap((way) => {
    const figures = mean[way];
    return figures
      ? [`| ${way} | ${COLUMNS.map(([, key, digits]) => figures[key].toFixed(digits)).join(' | ')} |`]
      : [];
  });
  return [
    `| way | ${COLUMNS.map(([title]) => title).join(' | ')} |`,
    `|---${'|---'.repeat(COLUMNS.length)}|`,
    ...rows,
  ].join('\n');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      dir: { type: 'string' },
      encoder: { type: 'string' },
      decoder: { type: 'string' },
      decoder2: { type: 'string' },
      upscaler: { type: 'string' },
      match: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
    },
  });
  const { dir, match } = values;
  if (dir === undefined) throw new AppError('file/unreadable', `Which folder of pictures? ${USAGE}`);
  const names = readdirSync(dir)
    .filter((name) => ['.png', '.jpg', '.jpeg'].includes(extname(name).toLowerCase()) && name.includes(match))
    .sort();
  if (names.length === 0) {
    throw new AppError(
      'file/unreadable',
      `${dir} holds no .png or .jpg${match === '' ? '' : ` with "${match}" in its name`}.`,
    );
  }

  const models = {
    encoder: openRole('encoder', values.encoder),
    decoder: openRole('decoder', values.decoder),
    upscaler: openRole('upscaler', values.upscaler),
    ...(values.decoder2 !== undefined && { decoder2: openRole('decoder', values.decoder2) }),
  };
  const engine = await createInProcessEngine();
  const measured: { name: string; ways: Ways }[] = [];
  for (const file of names) {
    const name = basename(file, extname(file));
    const ways = await measurePicture(engine, models, readPicture(join(dir, file)));
    measured.push({ name, ways });
    // Standard output is for the result alone.
    console.error(
      `${name}: oracle ${ways.oracle.psnr.toFixed(2)} dB, lua2 ${ways.lua2.psnr.toFixed(2)}, pixel2 ${ways.pixel2.psnr.toFixed(2)}`,
    );
  }
  const mean = meanOf(measured.map(({ ways }) => ways));
  console.log(
    values.json
      ? JSON.stringify({ pictures: measured.map(({ name, ways }) => ({ name, ...ways })), mean })
      : table(mean),
  );
}

main().catch((error: unknown) => {
  console.error(error instanceof AppError ? error.message : error);
  process.exitCode = 1;
});
