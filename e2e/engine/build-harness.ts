import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** A folder for each of the test runner's processes: two that build at once would empty one another's. */
const outDir = `${root}e2e/artifacts/engine-harness-${process.env['TEST_PARALLEL_INDEX'] ?? '0'}`;

/** Why the specs of the engine cannot run, or null. */
export const missingModels: string | null = existsSync(`${root}public/models/manifest.json`)
  ? null
  : 'public/models/manifest.json is not there: train and export the models first (training/README.md).';

/** Says for which run of the tests the folder was built. */
const builtFor = `${outDir}/built-for.txt`;

/** Builds the harness as the page is built, once a run, with the released models beside it; gives the folder. */
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
  await writeFile(builtFor, thisRun);
  return outDir;
}
