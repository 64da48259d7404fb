import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FileTensor } from '../src/core/container/tensor.ts';
import { readGolden } from '../src/core/networks/golden.ts';
import { dumpFile, dumpReport } from '../src/lib/node/dump-report.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function stateOf(name: string): Map<string, FileTensor> {
  const golden = readFileSync(join(root, `src/core/networks/fixtures/${name}.safetensors`));
  return new Map(readGolden(new Uint8Array(golden)).state);
}

describe('what dump says of a checkpoint', () => {
  test('names each tensor with its type and shape, and the network that it is', () => {
    const lines = dumpReport('taef2.safetensors', stateOf('tiny-decoder-pooled'));
    expect(lines[0]).toMatch(/^taef2\.safetensors: \d+ tensors, \d+ numbers$/);
    expect(lines.join('\n')).toMatch(/\n1\.weight +F32 +\[8, 32, 3, 3\]\n/);
    expect(lines).toContain('yes   TAEF2 tiny decoder, 32 channels (FLUX.2)');
    expect(lines).toContain(
      'no    a TAESD-type tiny encoder: its first layer takes 32 channels, not the 3 of a picture',
    );
    expect(lines).toContain('no    an AutoencoderKL decoder: no tensor has a name of its kind');
  });

  test('lists all that a near network lacks, and where in the file it stands', () => {
    const state = stateOf('kl-original');
    for (const name of [...state.keys()]) if (name.includes('.norm_out.')) state.delete(name);
    const lines = dumpReport('vae.safetensors', state);
    expect(lines.join('\n')).toMatch(
      /near {2}an AutoencoderKL decoder under "first_stage_model\.": \d+ tensors fit\n {6}missing: decoder\.norm_out\.weight\n {6}missing: decoder\.norm_out\.bias\n/,
    );
  });

  test('shows control characters in names instead of sending them to the terminal', () => {
    const [bias] = [...stateOf('kl-original').values()];
    const text = dumpReport('x', new Map([['\u001b[31mred', bias as FileTensor]])).join('\n');
    expect(text).toContain('\\u{1b}[31mred');
    expect(text).not.toContain('\u001b');
  });
});

describe('dump opens what the page opens', () => {
  function fixture(path: string): string[] {
    const bytes = new Uint8Array(readFileSync(join(root, 'src/core', path)));
    const read = (begin: number, end: number) => bytes.slice(begin, end);
    return dumpFile({ size: bytes.length, read }, path.replace(/.*\//, ''));
  }

  test.each([
    ['container/fixtures/kinds.safetensors', /^kinds\.safetensors: \d+ tensors/],
    ['container/fixtures/nested.pth', /^nested\.pth: \d+ tensors/],
    ['container/fixtures/deflated.npz', /^deflated\.npz: \d+ tensors/],
    ['container/fixtures/little-f4.npy', /^little-f4\.npy: 1 tensor,/],
    ['latent/fixtures/flux2-comfy.latent', /^flux2-comfy\.latent: \d+ tensors/],
    ['container/fixtures/rgb.png', /^rgb\.png: a picture \(image\/png\), which holds no tensors/],
  ])('%s', (path, first) => {
    expect(fixture(path)[0]).toMatch(first);
  });

  test('reads nothing but the header of a safetensors file', () => {
    const bytes = new Uint8Array(
      readFileSync(join(root, 'src/core/networks/fixtures/lua-one-cell.safetensors')),
    );
    const header = 8 + new DataView(bytes.buffer).getUint32(0, true);
    function read(begin: number, end: number) {
      expect(end).toBeLessThanOrEqual(Math.max(header, 64));
      return bytes.slice(begin, end);
    }
    expect(dumpFile({ size: bytes.length, read }, 'lua.safetensors').length).toBeGreaterThan(5);
  });
});

describe('npm run dump', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'latentlift-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function dumped(name: string, bytes: Uint8Array) {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return spawnSync(process.execPath, ['--import', 'tsx', join(root, 'scripts/dump.ts'), path], {
      cwd: root,
      encoding: 'utf8',
    });
  }

  test('prints the report', () => {
    const golden = readFileSync(join(root, 'src/core/networks/fixtures/lua-one-cell.safetensors'));
    const { status, stdout } = dumped('golden.safetensors', golden);
    expect(status).toBe(0);
    expect(stdout).toMatch(/upscaler\.input +F32 +\[1, 4, 1, 1\]/);
  });

  test('answers what is no tensor file with one sentence and the usage', () => {
    const { status, stderr } = dumped(
      'note.txt',
      new TextEncoder().encode('a plain text, and no tensors at all'),
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(/^The content of "note\.txt" is no known tensor file .*\nUsage: npm run dump/);
  });
});
