import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readGolden } from '../src/core/networks/golden.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const python = process.env['PYTHON'] ?? 'python3';
const hasChecker = spawnSync(python, ['-c', 'import onnx']).status === 0;
const manifest = join(root, 'public/models/manifest.json');

/** The weights of a golden file as a checkpoint that a person might have. */
function checkpoint(name: string): Uint8Array {
  const golden = readFileSync(join(root, `src/core/networks/fixtures/${name}.safetensors`));
  const weights = [...readGolden(new Uint8Array(golden)).state];
  let offset = 0;
  const header = Object.fromEntries(
    weights.map(([name, { dtype, shape, bytes }]) => {
      const range = [offset, offset + bytes.length];
      offset += bytes.length;
      return [name, { dtype, shape, data_offsets: range }];
    }),
  );
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, text.length, true);
  return Buffer.concat([length, text, ...weights.map(([, { bytes }]) => bytes)]);
}

const run = (script: string, args: readonly string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', join(root, 'scripts', script), ...args], {
    cwd: root,
    encoding: 'utf8',
  });

describe('the command line that writes .onnx files', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'latentlift-'));
    if (!hasChecker) {
      console.warn(`skipped: the ONNX checker needs ${python} with the package onnx (PYTHON=...)`);
    }
    if (!existsSync(manifest)) console.warn('skipped: public/models/manifest.json is not there');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function checked(file: string): void {
    if (!hasChecker) return;
    const code = 'import onnx, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)';
    const { status, stderr } = spawnSync(python, ['-c', code, file], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  }

  test.each([
    ['lua-window-8', ['--scale', '4', '--precision', 'f32']],
    ['lua-window-16', ['--scale', '2', '--precision', 'f16']],
    ['tiny-decoder-pooled', []],
  ])('convert makes of %s a file that stands alone and passes the checker', (golden, options) => {
    const [weights, out] = [join(folder, `${golden}.safetensors`), join(folder, `${golden}.onnx`)];
    writeFileSync(weights, checkpoint(golden));
    const { status, stdout, stderr } = run('convert.ts', [
      weights,
      '--height',
      '9',
      '--width',
      '12',
      '--out',
      out,
      ...options,
    ]);
    expect(stderr).not.toMatch(/Usage/);
    expect(status).toBe(0);
    expect(stdout).toMatch(/latent \[1, \d+, 9, 12\] -> .* nodes/);
    checked(out);
  });

  test.each([
    ['kl-original', true],
    ['kl-diffusers', false],
  ])('convert warns of half precision where activations pass it: %s, %s', (golden, isWarned) => {
    const weights = join(folder, `${golden}.safetensors`);
    writeFileSync(weights, checkpoint(golden));
    const size = ['--height', '2', '--width', '2', '--out', join(folder, `${golden}.onnx`)];
    const { status, stderr } = run('convert.ts', [
      weights,
      '--role',
      'decoder',
      '--precision',
      'f16',
      ...size,
    ]);
    expect(status).toBe(0);
    expect(/may pass what half precision holds; try --precision f32/.test(stderr)).toBe(isWarned);
  });

  test('convert writes a file for each of a list of sizes', () => {
    const weights = join(folder, 'sizes.safetensors');
    writeFileSync(weights, checkpoint('tiny-decoder-pooled'));
    const out = join(folder, 'sizes.onnx');
    const { status, stdout } = run('convert.ts', [weights, '--sizes', '4x4,6x8', '--out', out]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/sizes-4x4\.onnx: .*\n.*sizes-6x8\.onnx: .*1, \d+, 6, 8/);
    checked(join(folder, 'sizes-6x8.onnx'));
  });

  test('convert answers a wrong option with one sentence and the usage', () => {
    const { status, stderr } = run('convert.ts', [
      'x.pth',
      '--height',
      '0',
      '--width',
      '8',
      '--out',
      'y.onnx',
    ]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/--height 0 must be a whole number above 0/);
  });

  test.skipIf(!existsSync(manifest))('export:onnx writes a shipped model that passes the checker', () => {
    const out = join(folder, 'shipped.onnx');
    const { status, stdout } = run('export-onnx.ts', [
      '--model',
      'flux2-lua',
      '--height',
      '8',
      '--width',
      '16',
      '--scale',
      '2',
      '--out',
      out,
    ]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/LUA upscaler/);
    checked(out);
  });
});
