import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catFile } from '../../../e2e/fixtures/cat-latent.ts';
import { tinyRelease } from '../../../workers/testing/tiny-models.ts';
import { toFloat32 } from '../../core/container/to-float32.ts';
import { writeSafetensors } from '../../core/container/write-safetensors.ts';
import { addPngText } from '../../core/latent/png-text.ts';
import { readGolden } from '../../core/networks/golden.ts';
import { type CliOptions, readCliOptions } from './cli-options.ts';
import { type FoundFile, findFiles, globPattern } from './find-files.ts';
import { readPicture, writePng } from './pictures.ts';
import { planWork } from './process-file.ts';
import { runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'latentlift-cli-'));
const at = (...parts: string[]): string => join(folder, ...parts);

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

interface Said {
  readonly code: number;
  readonly lines: string[];
  readonly errors: string;
}

const cli = (...argv: string[]): Promise<Said> => cliOn({ isTerminal: false, columns: 80 }, argv);

async function cliOn(
  terminal: { readonly isTerminal: boolean; readonly columns: number },
  argv: readonly string[],
): Promise<Said> {
  const lines: string[] = [];
  let errors = '';
  const code = await runCli(argv, {
    out: (line) => lines.push(line),
    err: (text) => {
      errors += text;
    },
    ...terminal,
  });
  return { code, lines, errors };
}

beforeAll(() => {
  for (const [name, bytes] of tinyRelease().files) writeFileSync(at(name), bytes);
  mkdirSync(at('runs/deep'), { recursive: true });
  writeFileSync(at('runs/one.npy'), catFile(12));
  writeFileSync(at('runs/deep/two.npy'), catFile(16));
  writeFileSync(at('runs/notes.txt'), 'not a latent');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const found = (path: string): FoundFile => ({ path, below: '' });
const decodeTo = (out: string) => readCliOptions(['decode', 'x', '--out', out]) as CliOptions;

/** RGBA bytes of a square without a see-through part. */
const opaqueGrey = (side: number): Uint8ClampedArray<ArrayBuffer> =>
  Uint8ClampedArray.from({ length: 4 * side * side }, (_, i) => (i % 4 === 3 ? 255 : 128));

describe('the files of a command line', () => {
  it('come from files, folders and patterns, each once', () => {
    const found = findFiles([at('runs'), at('runs/one.npy'), at('runs/**/*.npy')]);
    expect(found.map(({ path }) => path)).toEqual([at('runs/deep/two.npy'), at('runs/one.npy')]);
  });

  it.each([
    ['a folder', ['runs'], ['deep', '']],
    ['a pattern', ['runs/**/*.npy'], ['deep', '']],
    ['files', ['runs/one.npy', 'runs/deep/two.npy'], ['', 'deep']],
    ['one file', ['runs/deep/two.npy'], ['']],
  ])('keep below --out the folders that %s has below itself', (_, names, below) => {
    expect(findFiles(names.map((name) => at(name))).map((file) => file.below)).toEqual(below);
  });

  it('are told where two would become one, or where a folder holds nothing for the command', async () => {
    mkdirSync(at('left'));
    mkdirSync(at('right'));
    for (const side of ['left', 'right']) writeFileSync(at(side, 'one.npy'), catFile(12));
    const both = await cli('decode', at('left'), at('right'), '--out', at('both'));
    expect([both.code, both.errors]).toEqual([
      2,
      expect.stringMatching(/left.*and.*right.*would both become/),
    ]);
    expect(
      planWork([found('a/one.npy'), found('a/one.latent'), found('a/two.npy')], decodeTo('pictures')).map(
        ({ output }) => output,
      ),
    ).toEqual(['pictures/one.npy.png', 'pictures/one.latent.png', 'pictures/two.png']);
    const none = await cli('encode', at('left'));
    expect([none.code, none.errors]).toEqual([2, expect.stringMatching(/nothing for encode in/)]);
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
      /a latent[\s\S]*FLUX\.2[\s\S]*because[\s\S]*32 x 12 x 12, a picture of 96x96/,
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

describe('latentlift info, of what is no latent', () => {
  it('tells what a file says of itself, of weights and of pictures too', async () => {
    const tensor = { dtype: 'F32', shape: [1], bytes: new Uint8Array(4) } as const;
    const weights = ['net.weight', 'net.bias'].map((name) => ({ ...tensor, name }));
    writeFileSync(at('odd.safetensors'), writeSafetensors(weights, { trained_on: 'squares' }));
    const pixels = opaqueGrey(8);
    writeFileSync(
      at('generated.png'),
      addPngText(writePng({ data: pixels, width: 8, height: 8 }), { prompt: '{"3":{}}' }),
    );
    const { lines } = await cli('info', at('odd.safetensors'), at('generated.png'));
    expect(lines[0]).toMatch(/a network[\s\S]*none that is known here[\s\S]*trained_on: squares/);
    expect(lines[1]).toMatch(/a picture[\s\S]*prompt: \{"3":\{\}\}/);
  });

  it('tells weights of PyTorch, a ZIP archive, and reads the head of a network that nobody knows', async () => {
    const pth = fileURLToPath(new URL('../../core/latent/fixtures/network.pth', import.meta.url));
    const { code, lines } = await cli('info', pth, at('decoder.safetensors'));
    expect([code, lines.length]).toEqual([0, 2]);
    expect(lines[0]).toMatch(
      /a network, 2\.4 kB\n {2}network {5}none that is known here[\s\S]*net\.weight F32 \[4, 4, 3, 3\]/,
    );
  });

  it('counts items and frames where there are several, and names no tensor that has no name', async () => {
    const { lines } = await cli('info', at('runs/one.npy'));
    expect(lines[0]).not.toMatch(/items|frames|""/);
  });
});

describe('a progress bar', () => {
  it('fits the terminal, counts tiles within a file, never runs back, and leaves nothing behind', async () => {
    const { errors, code } = await cliOn({ isTerminal: true, columns: 60 }, [
      'decode',
      at('runs'),
      '--scale',
      '2',
      '--out',
      at('bar'),
      ...weights,
    ]);
    expect(code).toBe(0);
    const [before = ''] = errors.split('2 done');
    const drawn = before.split('\r').filter((line) => line.includes('['));
    expect(drawn.length).toBeGreaterThan(4);
    for (const line of drawn) expect(line.length).toBeLessThan(60);
    expect(before).toMatch(/upscaling[\s\S]*decoding/);
    const filled = drawn.map((line) => line.split('#').length);
    expect(filled).toEqual(filled.toSorted((a, b) => a - b));
    expect(before.split('\r').at(-1)?.trim() ?? '').toBe('');
  });
});

describe('a folder', () => {
  it('gives a second run the same files, not the results of the first', async () => {
    mkdirSync(at('again'));
    writeFileSync(at('again/one.npy'), catFile(12));
    const upscale = ['upscale', at('again'), '--json', ...weights];
    const decode = ['decode', at('again'), '--json', ...weights];
    const status = ({ lines }: Said): string[] => lines.map((line) => JSON.parse(line).status);
    expect(status(await cli(...upscale))).toEqual(['done']);
    expect(status(await cli(...upscale))).toEqual(['skipped']);
    expect(status(await cli(...decode))).toEqual(['done', 'done']);
    expect(status(await cli(...decode))).toEqual(['skipped', 'skipped']);
  });

  it('gives encode its pictures and decode its latents, whatever else lies there', async () => {
    mkdirSync(at('mixed'));
    writeFileSync(at('mixed/one.npy'), catFile(12));
    writeFileSync(at('mixed/photo.png'), writePng({ data: opaqueGrey(32), width: 32, height: 32 }));
    const filesOf = ({ lines }: Said): string[] => lines.map((line) => JSON.parse(line).file);
    const encoded = await cli('encode', at('mixed'), '--out', at('mixed-out'), '--json', ...weights);
    expect([encoded.code, filesOf(encoded)]).toEqual([0, [at('mixed/photo.png')]]);
    const decoded = await cli('decode', at('mixed'), '--out', at('mixed-out'), '--json', ...weights);
    expect([decoded.code, filesOf(decoded)]).toEqual([0, [at('mixed/one.npy')]]);
  });
});

describe('a batch', () => {
  it('that broke off makes what is missing, and takes no half-written file for a result', async () => {
    const args = ['decode', at('runs'), '--out', at('broken'), '--json', ...weights];
    const first = await cli(...args);
    const [{ output: lost }, { output: kept }] = first.lines.map((line) => JSON.parse(line));
    writeFileSync(`${lost}.4711.part`, 'half of a picture');
    rmSync(lost);
    const again = await cli(...args);
    expect(again.lines.map((line) => JSON.parse(line)).map(({ status, output }) => [status, output])).toEqual(
      [
        ['done', lost],
        ['skipped', kept],
      ],
    );
    expect(readPicture(readFileSync(lost), 'lost.png').width).toBe(128);
  });

  it('says what an .npy cannot hold, and writes safetensors where nothing speaks for .npy', async () => {
    const npy = await cli('upscale', at('runs/one.npy'), '--out', at('said'), ...weights);
    expect(npy.errors).toMatch(
      /\.npy holds neither family nor space.*--family flux2 --space model.*safetensors/,
    );
    const npz = fileURLToPath(
      new URL('../../core/latent/fixtures/photo_0192x0128_sdxl.npz', import.meta.url),
    );
    const [cache = '{}'] = (await cli('convert', npz, '--out', at('said'), '--json')).lines;
    expect(JSON.parse(cache)).toMatchObject({
      family: 'sdxl',
      output: expect.stringMatching(/\.safetensors$/),
    });
    const json = await cli(
      'upscale',
      at('runs/one.npy'),
      '--to',
      'safetensors',
      '--out',
      at('said'),
      '--json',
      ...weights,
    );
    const made = JSON.parse(json.lines[0] ?? '{}');
    expect(made).toMatchObject({ family: 'flux2', space: 'model' });
    expect(json.errors).toBe('');
    const back = await cli('info', '--json', made.output);
    expect(JSON.parse(back.lines[0] ?? '{}').latent).toMatchObject({
      family: 'flux2',
      space: 'model',
      confidence: 'certain',
    });
  });

  it('decodes into a folder, and passes by what is there when it is run again', async () => {
    const args = ['decode', at('runs'), '--out', at('out'), '--json', ...weights];
    const first = await cli(...args);
    expect(first.errors).toBe('');
    expect(first.code).toBe(0);
    const outputs = first.lines.map((line) => JSON.parse(line));
    expect(outputs.map(({ status, width }) => [status, width])).toEqual([
      ['done', 128],
      ['done', 96],
    ]);
    const [{ output }] = outputs;
    const picture = readPicture(readFileSync(output), 'out.png');
    expect([picture.width, picture.height]).toEqual([128, 128]);
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
    const made = JSON.parse(latent.lines[0] ?? '{}');
    expect(made).toMatchObject({ status: 'done', width: 48, height: 48 });
    expect(made.output).toMatch(/one-x4\.npy$/);
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
    expect(JSON.parse(png.lines[0] ?? '{}')).toMatchObject({ status: 'done', width: 192, height: 192 });
  });

  it('upscales by a factor between 1 and 2 with an upscaler that offers it, and refuses it with one that does not', async () => {
    const golden = new URL('../../core/networks/fixtures/sesqui-small.safetensors', import.meta.url);
    const { state } = readGolden(new Uint8Array(readFileSync(golden)));
    writeFileSync(at('sesqui.safetensors'), writeSafetensors([...state.values()]));
    const values = new Float32Array(4 * 5 * 7).map((_, i) => Math.sin(i));
    writeFileSync(
      at('sdxl.safetensors'),
      writeSafetensors([
        { name: 'latent', dtype: 'F32', shape: [1, 4, 5, 7], bytes: new Uint8Array(values.buffer) },
      ]),
    );
    const base = ['upscale', at('sdxl.safetensors'), '--scale', '1.5', '--runtime', 'wasm', '--json'];
    const said = await cli(...base, '--upscaler', at('sesqui.safetensors'), '--family', 'sdxl');
    const made = JSON.parse(said.lines[0] ?? '{}');
    expect(made).toMatchObject({ status: 'done', width: 11, height: 8, family: 'sdxl' });
    expect(made.output).toMatch(/sdxl-x1\.5\.safetensors$/);
    const refused = await cli('upscale', at('runs/one.npy'), '--scale', '1.5', '--json', ...weights);
    expect(JSON.parse(refused.lines[0] ?? '{}')).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/offers x2, x4 but not x1\.5/),
    });
  });

  it('encodes pictures, and converts latents to ComfyUI and back', async () => {
    const data = Uint8ClampedArray.from({ length: 4 * 32 * 32 }, (_, i) => (i * 37) % 251);
    writeFileSync(at('photo.png'), writePng({ data, width: 32, height: 32 }));
    const encoded = await cli('encode', at('photo.png'), '--json', ...weights);
    expect(JSON.parse(encoded.lines[0] ?? '{}')).toMatchObject({ status: 'done', width: 4, height: 4 });
    const comfy = await cli(
      'convert',
      at('runs/one.npy'),
      '--to',
      'latent',
      '--out',
      at('comfy'),
      '--json',
      '--family',
      'flux2',
      '--space',
      'model',
    );
    const { output } = JSON.parse(comfy.lines[0] ?? '{}');
    expect((await cli('info', output)).lines.join('\n')).toMatch(/ComfyUI[\s\S]*2x2 patches/);
  });

  it('decodes the pictures of a video with the frames before them, one or all, as PyTorch decodes the whole clip', async () => {
    const url = new URL('../../core/networks/fixtures/taehv-clip.safetensors', import.meta.url);
    const golden = readGolden(new Uint8Array(readFileSync(url)));
    writeFileSync(at('taew.safetensors'), writeSafetensors([...golden.state.values()]));
    const { bytes } = golden.tensor('decoder.input');
    const shape = [1, 3, 16, 2, 3];
    writeFileSync(
      at('clip.safetensors'),
      writeSafetensors([{ name: 'latent', dtype: 'F32', shape, bytes }], {
        family: 'wan',
        space: 'model',
        axes: 'btchw',
      }),
    );
    const expected = toFloat32(golden.tensor('decoder.output'));
    const size = 16 * 24;
    function strayed(path: string, index: number): number {
      const { data } = readPicture(readFileSync(path), 'frame.png');
      const planes = expected.subarray(index * 3 * size, (index + 1) * 3 * size);
      return planes.reduce((most, value, i) => {
        const actual = data[4 * (i % size) + Math.floor(i / size)] ?? Number.NaN;
        return Math.max(most, Math.abs(actual - 255 * value));
      }, 0);
    }
    const base = [
      'decode',
      at('clip.safetensors'),
      '--decoder',
      at('taew.safetensors'),
      '--runtime',
      'wasm',
      '--json',
    ];
    const all = await cli(...base, '--frame', 'all', '--out', at('frames'));
    const outputs = all.lines.map((line) => JSON.parse(line).output as string);
    expect(outputs).toHaveLength(9);
    expect(outputs[4]).toMatch(/clip-frame5\.png$/);
    for (const [index, output] of outputs.entries()) expect(strayed(output, index)).toBeLessThan(1);
    const one = await cli(...base, '--frame', '7', '--out', at('one-frame'));
    expect(strayed(JSON.parse(one.lines[0] ?? '{}').output, 6)).toBeLessThan(1);
    const beyond = await cli(...base, '--frame', '10');
    expect(JSON.parse(beyond.lines[0] ?? '{}').message).toMatch(/has 9 pictures.*from 1 to 9/);
    const layers = await cli(...base, '--layers', '--frame', 'all', '--out', at('layers'));
    expect(layers.lines[0]).toMatch(/failed/);
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
    [['decode', 'x', '--scale', '1.5'], /--scale 1.5 is not known/],
    [['decode', 'x', '--nonsense'], /nonsense/],
  ])('is refused with 2 where it is not understood: %j', async (argv, message) => {
    const { code, errors } = await cli(...argv);
    expect(code).toBe(2);
    expect(errors).toMatch(message);
  });
});
