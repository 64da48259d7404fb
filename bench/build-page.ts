import { cpSync, existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Builds the page that measures as the page itself is built, with the released models beside it; gives the folder, one for each process. */
export async function buildBenchPage(): Promise<string> {
  const outDir = `${root}bench/results/page-${process.pid}`;
  process.once('exit', () => rmSync(outDir, { recursive: true, force: true }));
  const shared = { configFile: false, logLevel: 'error', base: './', worker: { format: 'es' } } as const;
  const options = { target: 'es2023', assetsInlineLimit: 0, emptyOutDir: true } as const;
  await build({
    ...shared,
    root: `${root}bench/page`,
    publicDir: `${root}public`,
    build: { ...options, outDir },
  });
  return outDir;
}

/** Where the rivals' packages lie once they are installed. */
export const RIVALS = `${root}bench/rivals`;

/** Builds the rivals' page into `rivals/` below the bench's own, with their weights and binaries beside it. */
export async function buildRivalsPage(folder: string): Promise<void> {
  const target = `${folder}/rivals`;
  await build({
    configFile: false,
    logLevel: 'error',
    base: './',
    root: RIVALS,
    publicDir: false,
    build: { target: 'es2023', assetsInlineLimit: 0, emptyOutDir: true, outDir: target },
  });
  for (const kind of ['slim', 'medium', 'thick']) {
    const models = `${RIVALS}/node_modules/@upscalerjs/esrgan-${kind}/models`;
    if (existsSync(models)) cpSync(models, `${target}/esrgan-${kind}`, { recursive: true });
  }
  const binaries = `${RIVALS}/node_modules/@tensorflow/tfjs-backend-wasm/dist`;
  for (const name of ['', '-simd', '-threaded-simd']) {
    const file = `tfjs-backend-wasm${name}.wasm`;
    cpSync(`${binaries}/${file}`, `${target}/${file}`);
  }
}
