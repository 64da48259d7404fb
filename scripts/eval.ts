import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseManifest } from '../src/contract/model-manifest.ts';
import { AppError } from '../src/core/errors.ts';
import type { Role } from '../src/core/role.ts';
import { createInProcessEngine } from '../workers/in-process.ts';
import { type Model, openModel } from '../workers/pipeline/model.ts';
import { type Measures, meanOf, measurePicture, WAYS, type Way } from './measure-picture.ts';
import { readPicture } from './read-picture.ts';

const USAGE =
  'npm run eval -- --dir DIR [--encoder FILE] [--decoder FILE] [--upscaler FILE] [--match TEXT] [--json]';

const modelsDir = fileURLToPath(new URL('../public/models/', import.meta.url));

/** The released file of a role. */
function releasedFile(role: Role): string {
  const manifest = parseManifest(JSON.parse(readFileSync(join(modelsDir, 'manifest.json'), 'utf8')));
  const entry = manifest.models.find((model) => model.role === role);
  if (entry === undefined)
    throw new AppError('model/missing', `The release has no ${role}. Name one with --${role}.`);
  return join(modelsDir, entry.file);
}

function openRole(role: Role, path: string | undefined): Model {
  const file = path ?? releasedFile(role);
  return openModel({ id: role, file: basename(file), role, key: file }, new Uint8Array(readFileSync(file)));
}

function table(mean: Record<Way, Measures>): string {
  const row = (way: Way): string => {
    const { psnr, ssim, sharpness, drift, tint } = mean[way];
    return `| ${way} | ${psnr.toFixed(2)} | ${ssim.toFixed(4)} | ${sharpness.toFixed(3)} | ${drift.toFixed(2)} | ${tint.toFixed(2)} |`;
  };
  return [
    '| way | PSNR dB | SSIM | sharpness | drift /255 | tint /255 |',
    '|---|---|---|---|---|---|',
    ...WAYS.map(row),
  ].join('\n');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      dir: { type: 'string' },
      encoder: { type: 'string' },
      decoder: { type: 'string' },
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
  if (names.length === 0)
    throw new AppError(
      'file/unreadable',
      `${dir} holds no .png or .jpg${match === '' ? '' : ` with "${match}" in its name`}.`,
    );

  const models = {
    encoder: openRole('encoder', values.encoder),
    decoder: openRole('decoder', values.decoder),
    upscaler: openRole('upscaler', values.upscaler),
  };
  const engine = await createInProcessEngine();
  const measured: { name: string; ways: Record<Way, Measures> }[] = [];
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
