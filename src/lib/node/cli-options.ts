import { parseArgs } from 'node:util';
import { GRADES, type Grade } from '../../contract/model-manifest.ts';
import { AppError } from '../../core/errors.ts';
import { type FamilyId, isFamilyId } from '../../core/families/index.ts';
import type { LatentSpace } from '../../core/latent/latent.ts';
import type { NodeRuntime } from './create-node-engine.ts';

export const COMMANDS = ['info', 'upscale', 'decode', 'encode', 'convert'] as const;
export type Command = (typeof COMMANDS)[number];

export const PICTURE_FORMATS = ['png', 'jpg', 'ppm'] as const;
export const LATENT_FORMATS = ['npy', 'safetensors', 'latent'] as const;
export type OutputFormat = (typeof PICTURE_FORMATS)[number] | (typeof LATENT_FORMATS)[number];

export const USAGE = `latentlift COMMAND FILES... [options]

  info      what each file is: family with reasons, shapes, metadata, networks (--all: every tensor and verdict)
  upscale   latents enlarged in latent space, pictures by way of a latent (--scale 2|4; SesquiLSR also 1.5 and the like)
  decode    latents as pictures (--scale 1|2|4)
  encode    pictures as latents
  convert   latents in another container, space or precision

FILES     files, folders, patterns in quotes ("runs/**/*.safetensors"); of a folder encode takes the pictures, decode and
          convert the rest
--to      png, jpg, ppm; npy, safetensors, latent (ComfyUI). Default: decode png, encode safetensors, else as it came
          (.npz and .pt become safetensors, which keeps family and space; .npy holds neither)
--out     folder for the results; default: beside each file, "-x2" and the like in its name
--decoder fast|fine                of the two packaged decoders; fine is nearer and takes three times as long
--frame N|all      of a video: its N-th picture, decoded with the frames before it, or every one (decode); else its N-th frame
--layers           what looks like a video's frames are the layers of one picture (Qwen-Image-Layered)
--decoder, --upscaler, --encoder   weights in place of the packaged ones (.safetensors, .pth)
--family, --space model|raw        in place of what is guessed of a latent
--to-space model|raw, --f16        how latents are written
--runtime auto|native|wasm         onnxruntime-node where it is installed, else onnxruntime-web
--overwrite   make again what is there; without it a batch that broke off goes on where it was
--json        one JSON object a line instead of text
Exit code: 0 all done, 1 some files failed, 2 the command was not understood.`;

export interface CliOptions {
  readonly command: Command;
  readonly names: readonly string[];
  /** 1, 2 or 4; for `upscale` also between 1 and 2. */
  readonly scale: number;
  readonly method: 'lua' | 'latent-bicubic';
  readonly to: OutputFormat | null;
  readonly out: string | null;
  /** Of a video, from 1. */
  readonly frame: number | 'all' | null;
  readonly areLayers: boolean;
  readonly weights: Readonly<Partial<Record<'decoder' | 'upscaler' | 'encoder', string>>>;
  /** Of the packaged decoders. */
  readonly grade: Grade;
  readonly family: FamilyId | null;
  readonly space: LatentSpace | null;
  readonly toSpace: LatentSpace | null;
  readonly isHalf: boolean;
  readonly runtime: NodeRuntime;
  readonly isOverwriting: boolean;
  readonly isJson: boolean;
  readonly isAll: boolean;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

const refuse = (message: string): AppError => new AppError('engine/build', message);

function oneOf<T extends string>(name: string, value: string | undefined, allowed: readonly T[]): T | null {
  if (value === undefined) return null;
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw refuse(`--${name} ${value} is not known; choose ${allowed.join(', ')}.`);
  return found;
}

/** Factors between 1 and 2 are for upscalers that offer them, which the upscaler itself knows. */
function readScale(value: string | undefined, command: Command): number {
  const isUpscale = command === 'upscale';
  const factor = Number(value);
  if (isUpscale && /^1\.\d+$/.test(value ?? '') && factor > 1) return factor;
  const scale = oneOf('scale', value, ['1', '2', '4']) ?? (isUpscale ? '2' : '1');
  if (isUpscale && scale === '1') throw refuse('upscale needs --scale 2, 4, or a factor between 1 and 2.');
  return Number(scale);
}

function readFrame(value: string | undefined, command: Command): CliOptions['frame'] {
  if (value === undefined) return null;
  if (value === 'all' && command === 'decode') return value;
  const number = Number(value);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw refuse(`--frame ${value} is no number from 1${command === 'decode' ? ', nor "all"' : ''}.`);
}

/** A command line, or null where help is asked for. Throws engine/build with the word at fault. */
export function readCliOptions(argv: readonly string[]): CliOptions | null {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      scale: text,
      method: text,
      to: text,
      out: text,
      frame: text,
      layers: flag,
      decoder: text,
      upscaler: text,
      encoder: text,
      family: text,
      space: text,
      'to-space': text,
      f16: flag,
      runtime: text,
      overwrite: flag,
      json: flag,
      all: flag,
      help: { ...flag, short: 'h' },
    },
  });
  const [word, ...names] = positionals;
  if (values.help || word === undefined) return null;
  const command = COMMANDS.find((one) => one === word);
  if (command === undefined) throw refuse(`"${word}" is no command; there are ${COMMANDS.join(', ')}.`);
  if (names.length === 0) throw refuse(`${command} needs files to work on.`);
  const spaces = ['model', 'raw'] as const;
  const scale = readScale(values.scale, command);
  if (values.family !== undefined && !isFamilyId(values.family)) {
    throw refuse(`--family ${values.family} is not known.`);
  }
  const to = oneOf('to', values.to, [...PICTURE_FORMATS, ...LATENT_FORMATS]);
  const isPicture = to !== null && (PICTURE_FORMATS as readonly string[]).includes(to);
  if ((command === 'encode' || command === 'convert') && isPicture) {
    throw refuse(`${command} makes latents: --to ${LATENT_FORMATS.join(', ')}.`);
  }
  if (command === 'decode' && to !== null && !isPicture) {
    throw refuse(`decode makes pictures: --to ${PICTURE_FORMATS.join(', ')}.`);
  }
  const { upscaler, encoder } = values;
  const grade = GRADES.find((one) => one === values.decoder);
  const decoder = grade === undefined ? values.decoder : undefined;
  return {
    command,
    names,
    scale,
    method: oneOf('method', values.method, ['lua', 'latent-bicubic']) ?? 'lua',
    to,
    out: values.out ?? null,
    frame: readFrame(values.frame, command),
    areLayers: values.layers,
    weights: { ...(decoder && { decoder }), ...(upscaler && { upscaler }), ...(encoder && { encoder }) },
    grade: grade ?? 'fast',
    family: (values.family as FamilyId | undefined) ?? null,
    space: oneOf('space', values.space, spaces),
    toSpace: oneOf('to-space', values['to-space'], spaces),
    isHalf: values.f16,
    runtime: oneOf('runtime', values.runtime, ['auto', 'native', 'wasm']) ?? 'auto',
    isOverwriting: values.overwrite,
    isJson: values.json,
    isAll: values.all,
  };
}
