// npm run test:examples [-- NAME...]: packs the library, installs the tarball into a clean copy of each example, builds it, opens it in
// Chromium, and compares its picture with the one that the engine makes here. Needs a package registry.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingWebkit } from '../../e2e/engine/webkit-browser.ts';
import { catFile, catLatent } from '../../e2e/fixtures/cat-latent.ts';
import { createNodeEngine, readPicture } from '../../src/lib/node/index.ts';
import type { Pixels } from '../../workers/direct/engine-types.ts';
import { pictureOf, webkitPictureOf } from './example-site.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

function run(folder: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

/** What an example needs is not on this machine. */
class Skipped extends Error {}

interface Place {
  readonly folder: string;
  /** Writes the latents to `to` of the example. */
  put(to: string): void;
}

interface Example {
  readonly name: string;
  readonly side: number;
  /** The folder of the example, where it is called otherwise. */
  readonly from?: string;
  picture(place: Place): Promise<Pixels> | Pixels;
}

function build({ folder, put }: Place, files: string, dist: string): Promise<Pixels> {
  put(files);
  run(folder, 'npm', 'run', 'build');
  return pictureOf(join(folder, dist), 'canvas');
}

/** The exported models in another engine: PYTHON names one that has examples/python/requirements.txt. */
function pythonPicture(script: string, folder: string, put: Place['put']): Pixels {
  const python = process.env['PYTHON'] ?? 'python3';
  const needs = script === 'batch_ray' ? 'onnxruntime, PIL, ray' : 'onnxruntime, PIL';
  if (spawnSync(python, ['-c', `import ${needs}`]).status !== 0) {
    throw new Skipped(`${python} has not all of ${needs}`);
  }
  put('latents');
  rmSync(join(folder, 'latents/small.npy'));
  function model(id: string, side: string, ...options: string[]): string {
    const out = join(folder, `${id}.onnx`);
    run(root, 'npm', 'run', 'export:onnx', '--', '--model', id, '--sizes', side, '--out', out, ...options);
    return out;
  }
  const models = [
    '--upscaler',
    model('flux2-lua', '12x12', '--scale', '2'),
    '--decoder',
    model('flux2-decoder', '24x24'),
  ];
  run(folder, python, join(root, 'examples/python', `${script}.py`), 'latents', 'pictures', ...models);
  return readPicture(readFileSync(join(folder, 'pictures/latent.png')), 'latent.png');
}

const EXAMPLES: readonly Example[] = [
  {
    name: 'node',
    side: 12,
    picture({ folder, put }) {
      put('.');
      run(folder, 'node', 'five-lines.mjs');
      return readPicture(readFileSync(join(folder, 'picture.png')), 'picture.png');
    },
  },
  {
    name: 'html',
    side: 12,
    picture({ folder, put }) {
      put('.');
      return pictureOf(folder, 'element');
    },
  },
  {
    name: 'cdn',
    side: 12,
    from: 'html',
    picture({ folder, put }) {
      put('.');
      const file = join(folder, 'cdn.html');
      return pictureOf(folder, 'element', 'cdn.html', (otherSite) => {
        const page = readFileSync(file, 'utf8');
        writeFileSync(
          file,
          page.replace(/https:\/\/cdn[^"]*?\/npm\/([\w-]+)@[\d.]+/g, `${otherSite}node_modules/$1`),
        );
      });
    },
  },
  { name: 'vite', side: 12, picture: (place) => build(place, 'public', 'dist') },
  {
    name: 'vite-webkit',
    side: 12,
    from: 'vite',
    picture({ folder, put }) {
      if (missingWebkit !== null) throw new Skipped(missingWebkit);
      put('public');
      run(folder, 'npm', 'run', 'build');
      return webkitPictureOf(join(folder, 'dist'));
    },
  },
  {
    name: 'webpack',
    side: 12,
    picture: (place) => build(place, 'dist', 'dist'),
  },
  { name: 'react', side: 12, picture: (place) => build(place, 'public', 'dist') },
  { name: 'pipeline', side: 8, picture: (place) => build(place, 'public', 'dist') },
  ...['batch_onnxruntime', 'batch_ray'].map(
    (script): Example => ({
      name: script,
      side: 12,
      picture: ({ put, folder }) => pythonPicture(script, folder, put),
    }),
  ),
  {
    name: 'next',
    side: 12,
    picture({ folder, put }) {
      put('public');
      run(folder, 'npm', 'run', 'build');
      return pictureOf(join(folder, 'out'), 'element');
    },
  },
];

const names = process.argv.slice(2);
const chosen = EXAMPLES.filter(({ name }) => names.length === 0 || names.includes(name));
const temporary = mkdtempSync(join(tmpdir(), 'latentlift-examples-'));
let failures = 0;
try {
  run(root, 'npm', 'run', 'build:lib');
  run(root, 'npm', 'pack', './dist-lib', '--pack-destination', temporary);
  const tarball = join(temporary, readdirSync(temporary).find((file) => file.endsWith('.tgz')) ?? '');
  if (names.length === 0) {
    console.log(
      run(temporary, 'npx', '--yes', '@arethetypeswrong/cli@0.18.5', tarball, '--profile', 'esm-only'),
    );
  }
  const engine = await createNodeEngine({ roles: ['decoder', 'upscaler'], runtime: 'wasm' });
  const expected = new Map<number, Pixels>();
  for (const { side } of chosen) {
    if (!expected.has(side)) expected.set(side, await engine.toPixels(catLatent(side), { scale: 2 }));
  }
  for (const { name, side, picture, from = name } of chosen) {
    const start = performance.now();
    const folder = join(temporary, name);
    if (existsSync(join(root, 'examples', from))) {
      cpSync(join(root, 'examples', from), folder, { recursive: true });
    } else {
      mkdirSync(folder);
    }
    function put(to: string): void {
      mkdirSync(join(folder, to), { recursive: true });
      writeFileSync(join(folder, to, 'latent.npy'), catFile(12));
      writeFileSync(join(folder, to, 'small.npy'), catFile(8));
    }
    try {
      if (existsSync(join(folder, 'package.json'))) {
        run(folder, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', tarball);
      }
      const found = await picture({ folder, put });
      const wanted = expected.get(side) as Pixels;
      if (found.width !== wanted.width || found.height !== wanted.height) {
        throw new Error(`the picture is ${found.width}x${found.height}`);
      }
      const largest = wanted.data.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - (found.data[i] as number))),
        0,
      );
      if (largest > 1) throw new Error(`the picture differs by ${largest}/255`);
      console.log(
        `${name}: ${found.width}x${found.height}, within ${largest}/255, ${((performance.now() - start) / 1000).toFixed(0)} s`,
      );
    } catch (error) {
      if (error instanceof Skipped) {
        console.log(`${name} skipped: ${error.message}`);
        continue;
      }
      failures += 1;
      console.error(`${name} failed: ${error instanceof Error ? error.message : error}`);
    }
    if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
process.exitCode = failures > 0 ? 1 : 0;
