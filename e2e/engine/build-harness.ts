import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { sha256Of } from '../../src/core/digest.ts';
import { tinyRelease } from '../../workers/testing/tiny-models.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** A folder for each of the test runner's processes: two that build at once would empty one another's. */
const outDir = `${root}e2e/artifacts/engine-harness-${process.env['TEST_PARALLEL_INDEX'] ?? '0'}`;

/** Why the specs of the engine cannot run, or null. */
export const missingModels: string | null = existsSync(`${root}public/models/manifest.json`)
  ? null
  : 'public/models/manifest.json is not there: train and export the models first (training/README.md).';

/** Says for which run of the tests the folder was built. */
const builtFor = `${outDir}/built-for.txt`;

/** The folder of toy networks, below the harness. */
async function writeTinyModels(): Promise<void> {
  const { manifest, files } = tinyRelease();
  async function sealed<F extends { readonly file: string }>(one: F): Promise<F> {
    const bytes = files.get(one.file) ?? new Uint8Array();
    return { ...one, sizeBytes: bytes.length, sha256: await sha256Of(bytes) };
  }
  await mkdir(`${outDir}/tiny`);
  for (const [name, bytes] of files) await writeFile(`${outDir}/tiny/${name}`, bytes);
  const models = await Promise.all(manifest.models.map(sealed));
  const whole = { ...manifest, models, selfTest: await sealed(manifest.selfTest) };
  await writeFile(`${outDir}/tiny/manifest.json`, JSON.stringify(whole));
}

/** Builds the harness as the page is built, once a run, with the released models and the toys beside it; gives the folder. */
export async function buildHarness(): Promise<string> {
  const thisRun = process.env['E2E_RUN'] ?? '';
  if ((await readFile(builtFor, 'utf8').catch(() => null)) === thisRun) return outDir;
  await build({
    configFile: false,
    logLevel: 'error',
    root: `${root}e2e/engine/harness`,
    base: './',
    publicDir: `${root}public`,
    build: { target: 'es2023', assetsInlineLimit: 0, outDir, emptyOutDir: true },
    worker: { format: 'es' },
  });
  await writeTinyModels();
  await writeFile(builtFor, thisRun);
  return outDir;
}
