import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { CallOptions, CpuEngine, Pixels } from '../../../workers/direct/engine-types.ts';
import { AppError } from '../../core/errors.ts';
import type { FamilyId, Latent, LatentSpace } from '../../core/latent/latent.ts';
import { comfyFormat, formatOf, type LatentFormat, writeLatent } from '../../core/latent/write-latent.ts';
import type { CliOptions, OutputFormat } from './cli-options.ts';
import type { FoundFile } from './find-files.ts';
import { framesOf, openAtFrame } from './open-frame.ts';
import { readPicture, writeJpeg, writePng, writePpm } from './pictures.ts';

/** What became of one file. */
export type Outcome =
  | {
      readonly file: string;
      readonly status: 'done';
      readonly output: string;
      readonly width: number;
      readonly height: number;
      /** Of a latent that was written. */
      readonly family?: FamilyId;
      readonly space?: LatentSpace;
      readonly ms: number;
    }
  | { readonly file: string; readonly status: 'skipped'; readonly output: string }
  | { readonly file: string; readonly status: 'failed'; readonly code: string; readonly message: string };

interface Opened {
  readonly latent: Latent | null;
  readonly picture: Pixels | null;
  readonly format: LatentFormat | null;
}

const isPictureFormat = (format: OutputFormat): boolean =>
  format === 'png' || format === 'jpg' || format === 'ppm';

const FILE_FORMAT: Readonly<Record<LatentFormat['container'], OutputFormat>> = {
  npy: 'npy',
  safetensors: 'safetensors',
  comfy: 'latent',
};

async function open(path: string, options: CliOptions): Promise<Opened> {
  const { buffer, byteOffset, byteLength } = await readFile(path);
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const opened = openAtFrame(bytes, path, options);
  if (opened.kind === 'picture') {
    return { latent: null, picture: readPicture(bytes, basename(path)), format: null };
  }
  if (opened.kind === 'latent') {
    return { latent: opened.latent, picture: null, format: formatOf(opened.reading) };
  }
  throw new AppError(
    'latent/not-a-latent',
    `${path} holds the weights of a network (${opened.tensors} tensors). Pass it with --decoder, --upscaler or --encoder, or look at it with "latentlift info".`,
  );
}

/** Told before the file is opened: what is there already need not be. */
function formatFor({ command, to }: CliOptions, path: string): OutputFormat {
  if (to !== null) return to;
  if (command === 'decode') return 'png';
  if (command === 'encode') return 'safetensors';
  const extension = extname(path).toLowerCase();
  if (/^\.(png|jpe?g)$/.test(extension)) return extension === '.png' ? 'png' : 'jpg';
  // The caches of trainers and torch's own files are not written here: the one that keeps family and space takes their place.
  return extension === '.latent' ? 'latent' : extension === '.npy' ? 'npy' : 'safetensors';
}

function mark({ command, scale, toSpace, frame }: CliOptions): string {
  const place = frame === null ? '' : `-frame${frame}`;
  return place + (scale > 1 ? `-x${scale}` : command === 'convert' ? `-${toSpace ?? 'converted'}` : '');
}

/** A file, or one picture of it, and where its result goes. */
export interface Work extends FoundFile {
  readonly output: string;
  /** Of a video of which every picture is wanted: which, from 1. */
  readonly frame?: number;
}

/** The folders that the file was found below stand below --out too. */
function outputPath({ path, below }: FoundFile, options: CliOptions, isAlone: boolean): string {
  const stem = isAlone ? basename(path, extname(path)) : basename(path);
  const folder = options.out === null ? dirname(path) : join(options.out, below);
  return join(folder, `${stem}${mark(options)}.${formatFor(options, path)}`);
}

/**
 * What a batch has to do. Where two files would become one ("a.npy" and "a.latent"), both keep their extensions in the result's name. A
 * folder or a pattern gives a second run what the first one made as well; that is no work of its own. Throws engine/build where two
 * would still become one.
 */
export function planWork(files: readonly FoundFile[], options: CliOptions): Work[] {
  const takers = new Map<string, number>();
  const plain = (file: FoundFile): string => resolve(outputPath(file, options, true));
  for (const file of files) takers.set(plain(file), (takers.get(plain(file)) ?? 0) + 1);
  const works = files.flatMap((file) =>
    framesOf(file.path, options).map((frame): Work => {
      const one = { ...options, frame: frame ?? options.frame };
      const output = outputPath(file, one, takers.get(plain(file)) === 1);
      return { ...file, output, ...(frame !== null && { frame }) };
    }),
  );
  const sources = new Map<string, string>();
  for (const { path, output } of works) {
    const other = sources.get(resolve(output));
    if (other !== undefined) {
      throw new AppError(
        'engine/build',
        `${other} and ${path} would both become ${output}. Name the folder that holds both, or give each run its own --out.`,
      );
    }
    sources.set(resolve(output), path);
  }
  return works.filter(({ path }) => (sources.get(resolve(path)) ?? path) === path);
}

/** Written aside and renamed: a file that is there is whole, and a batch that broke off may trust it. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // Two batches over one folder must not write into the same file.
  const aside = `${path}.${process.pid}.part`;
  try {
    await writeFile(aside, bytes);
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

function latentFormat(
  latent: Latent,
  format: LatentFormat | null,
  to: OutputFormat,
  { toSpace, isHalf }: CliOptions,
): LatentFormat {
  if (to === 'latent') return comfyFormat(latent);
  const plain: LatentFormat = {
    container: 'npy',
    dtype: 'F32',
    space: latent.space,
    axes: 'bchw',
    isPatched: false,
    tensor: 'latent',
    metadata: {},
  };
  const base = format !== null && FILE_FORMAT[format.container] === to ? format : plain;
  return {
    ...base,
    container: to === 'npy' ? 'npy' : 'safetensors',
    space: toSpace ?? base.space,
    dtype: isHalf ? 'F16' : base.dtype,
  };
}

const PICTURES: Readonly<Record<'png' | 'jpg' | 'ppm', (picture: Pixels) => Uint8Array>> = {
  png: writePng,
  jpg: (picture) => writeJpeg(picture),
  ppm: writePpm,
};

async function enlarged(
  engine: CpuEngine,
  latent: Latent,
  { scale, method }: CliOptions,
  call: CallOptions,
): Promise<Latent> {
  if (scale === 1) return latent;
  const { data, dims } = await engine.upscale(latent, { scale, method, ...call });
  const [, , height = 0, width = 0] = dims;
  return { ...latent, data, height, width };
}

async function make(
  engine: CpuEngine | null,
  path: string,
  to: OutputFormat,
  options: CliOptions,
  call: CallOptions,
) {
  const { command, scale, method } = options;
  const { latent: found, picture, format } = await open(path, options);
  if (command === 'encode' && picture === null) {
    throw new AppError('engine/run', `${path} is a latent already; encode takes pictures.`);
  }
  if ((command === 'decode' || command === 'convert') && found === null) {
    throw new AppError('engine/run', `${path} is a picture; ${command} takes latents. Encode it first.`);
  }
  function requireEngine(): CpuEngine {
    if (engine === null) throw new AppError('engine/not-loaded', 'No engine was started.');
    return engine;
  }
  const latent = found ?? (await requireEngine().encode(picture as Pixels, call));
  if (isPictureFormat(to)) {
    const isPane = scale === 1 || scale === 2 || scale === 4;
    // What no pane shows is enlarged first, and decoded as a latent of its own.
    const shown = isPane ? latent : await enlarged(requireEngine(), latent, options, call);
    const made = await requireEngine().toPixels(
      shown,
      isPane && scale > 1 ? { scale, method, ...call } : call,
    );
    return { bytes: PICTURES[to as 'png'](made), width: made.width, height: made.height };
  }
  const result = command === 'upscale' ? await enlarged(requireEngine(), latent, options, call) : latent;
  const written = latentFormat(result, format, to, options);
  return {
    bytes: writeLatent(result, written).bytes,
    width: result.width,
    height: result.height,
    family: result.family,
    space: written.space,
  };
}

/** Makes one file's result, or passes it by where it is there. Never throws: what goes wrong is the outcome. */
export async function processFile(
  engine: () => Promise<CpuEngine | null>,
  { path, output, frame }: Work,
  common: CliOptions,
  call: CallOptions = {},
): Promise<Outcome> {
  const options = frame === undefined ? common : { ...common, frame };
  const start = performance.now();
  try {
    if (resolve(output) === resolve(path)) {
      throw new AppError(
        'engine/run',
        `The result of ${path} would replace it. Name another format with --to, or a folder with --out.`,
      );
    }
    if (!options.isOverwriting && existsSync(output)) return { file: path, status: 'skipped', output };
    const { bytes, ...facts } = await make(await engine(), path, formatFor(options, path), options, call);
    await writeWhole(output, bytes);
    return { file: path, status: 'done', output, ...facts, ms: Math.round(performance.now() - start) };
  } catch (error) {
    const code = error instanceof AppError ? error.code : 'file/unreadable';
    return {
      file: path,
      status: 'failed',
      code,
      message: error instanceof Error ? error.message : String(error),
    };
  }
}
