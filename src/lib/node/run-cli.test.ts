import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyRelease } from '../../../workers/testing/tiny-models.ts';
import { writeLatent } from '../../core/latent/write-latent.ts';
import { noise } from '../../core/weights/synthetic.ts';
import { findFiles, globPattern } from './find-files.ts';
import { readPicture, writePng } from './pictures.ts';
import { runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'latentlift-cli-'));
const at = (...parts: string[]): string => join(folder, ...parts);

const latentBytes = (side: number): Uint8Array =>
  writeLatent(
    {
      data: noise('cli', 32 * side * side, 1.7, 0),
      channels: 32,
      height: side,
      width: side,
      family: 'flux2',
      space: 'model',
    },
    {
      container: 'npy',
      dtype: 'F32',
      space: 'model',
      axes: 'bchw',
      isPatched: false,
      tensor: '',
      metadata: {},
    },
  ).bytes;

const weights = [
  '--decoder',
  at('decoder.safetensors'),
  '--upscaler',
  at('upscaler.safetensors'),
  '--encoder',
  at('encoder.safetensors'),
  '--family',
  'flux2',
  '--space',
  'model',
  '--runtime',
  'wasm',
];

async function cli(...argv: string[]): Promise<{ code: number; lines: string[]; errors: string }> {
  const lines: string[] = [];
  let errors = '';
  const code = await runCli(argv, {
    out: (line) => lines.push(line),
    err: (text) => {
      errors += text;
    },
    isTerminal: false,
  });
  return { code, lines, errors };
}

beforeAll(() => {
  for (const [name, bytes] of tinyRelease().files) writeFileSync(at(name), bytes);
  mkdirSync(at('runs/deep'), { recursive: true });
  writeFileSync(at('runs/one.npy'), latentBytes(4));
  writeFileSync(at('runs/deep/two.npy'), latentBytes(6));
  writeFileSync(at('runs/notes.txt'), 'not a latent');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the files of a command line', () => {
  it('come from files, folders and patterns, each once', () => {
    expect(findFiles([at('runs'), at('runs/one.npy'), at('runs/**/*.npy')])).toEqual([
      at('runs/deep/two.npy'),
      at('runs/one.npy'),
    ]);
  });

  it.each([
    ['*.npy', 'a.npy', true],
    ['*.npy', 'b/a.npy', false],
    ['**/*.npy', 'b/c/a.npy', true],
    ['**/*.npy', 'a.npy', true],
    ['{a,b}?.pt', 'b1.pt', true],
    ['[!a]*', 'ab', false],
  ])('match %s as a shell does: %s is %s', (glob, path, matches) => {
    expect(globPattern(glob).test(path)).toBe(matches);
  });

  it('are asked for where a name names nothing', async () => {
    const { code, errors } = await cli('info', at('nothing.npy'));
    expect(code).toBe(2);
    expect(errors).toMatch(/no file or folder/);
  });
});

describe('latentlift info', () => {
  it('tells family, reasons, shape and values of a latent', async () => {
    const { code, lines } = await cli('info', at('runs/one.npy'));
    expect(code).toBe(0);
    expect(lines.join('\n')).toMatch(
      /a latent[\s\S]*FLUX\.2[\s\S]*because[\s\S]*32 x 4 x 4, a picture of 32x32/,
    );
  });

  it('tells the networks of a checkpoint, as JSON with every verdict', async () => {
    const { lines } = await cli('info', '--json', at('decoder.safetensors'));
    const info = JSON.parse(lines[0] ?? '{}');
    expect(info.kind).toBe('network');
    expect(info.networks.find(({ outcome }: { outcome: string }) => outcome === 'match')).toMatchObject({
      role: 'decoder',
      families: ['flux2'],
    });
  });

  it('ends with 1 where a file is nothing that is known, and goes on with the others', async () => {
    const { code, lines, errors } = await cli('info', at('runs/notes.txt'), at('runs/one.npy'));
    expect(code).toBe(1);
    expect(errors).toMatch(/no known tensor file/);
    expect(lines).toHaveLength(1);
  });
});

describe('a batch', () => {
  it('decodes into a folder, and passes by what is there when it is run again', async () => {
    const args = ['decode', at('runs'), '--out', at('out'), '--json', ...weights];
    const first = await cli(...args);
    expect(first.errors).toBe('');
    expect(first.code).toBe(0);
    const outputs = first.lines.map((line) => JSON.parse(line));
    expect(outputs.map(({ status, width }) => [status, width])).toEqual([
      ['done', 48],
      ['done', 32],
    ]);
    const [{ output }] = outputs;
    const picture = readPicture(readFileSync(output), 'out.png');
    expect([picture.width, picture.height]).toEqual([48, 48]);
    const made = statSync(output).mtimeMs;
    const again = await cli(...args);
    expect(again.lines.map((line) => JSON.parse(line).status)).toEqual(['skipped', 'skipped']);
    expect(statSync(output).mtimeMs).toBe(made);
    expect(existsSync(`${output}.part`)).toBe(false);
  });

  it('upscales a latent as it came and as a picture', async () => {
    const latent = await cli(
      'upscale',
      at('runs/one.npy'),
      '--scale',
      '4',
      '--out',
      at('up'),
      '--json',
      ...weights,
    );
    const { output } = JSON.parse(latent.lines[0] ?? '{}');
    expect(output).toMatch(/one-x4\.npy$/);
    expect((await cli('info', output)).lines.join()).toMatch(/32 x 16 x 16/);
    const png = await cli(
      'upscale',
      at('runs/one.npy'),
      '--to',
      'png',
      '--out',
      at('up'),
      '--json',
      ...weights,
    );
    expect(JSON.parse(png.lines[0] ?? '{}')).toMatchObject({ status: 'done', width: 64, height: 64 });
  });

  it('encodes pictures, and converts latents to ComfyUI and back', async () => {
    const data = Uint8ClampedArray.from({ length: 4 * 32 * 32 }, (_, i) => (i * 37) % 251);
    writeFileSync(at('photo.png'), writePng({ data, width: 32, height: 32 }));
    const encoded = await cli('encode', at('photo.png'), '--json', ...weights);
    expect(JSON.parse(encoded.lines[0] ?? '{}')).toMatchObject({ status: 'done', width: 4, height: 4 });
    const comfy = await cli('convert', at('photo.safetensors'), '--to', 'latent', '--json');
    const { output } = JSON.parse(comfy.lines[0] ?? '{}');
    expect((await cli('info', output)).lines.join('\n')).toMatch(/ComfyUI[\s\S]*2x2 patches/);
  });

  it('ends with 1 where one file fails, and still does the others', async () => {
    const { code, lines, errors } = await cli(
      'decode',
      at('runs/notes.txt'),
      at('runs/one.npy'),
      '--out',
      at('some'),
      ...weights,
    );
    expect(code).toBe(1);
    expect(lines).toHaveLength(1);
    expect(errors).toMatch(/failed .*notes\.txt.*\n1 done, 0 there already, 1 failed/);
  });

  it.each([
    [['lift', 'x'], /no command/],
    [['decode'], /needs files/],
    [['decode', 'x', '--to', 'npy'], /decode makes pictures/],
    [['upscale', 'x', '--scale', '3'], /--scale 3 is not known/],
    [['decode', 'x', '--nonsense'], /nonsense/],
  ])('is refused with 2 where it is not understood: %j', async (argv, message) => {
    const { code, errors } = await cli(...argv);
    expect(code).toBe(2);
    expect(errors).toMatch(message);
  });
});
