import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleLibrary } from '../../scripts/lib/bundle.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The runtime's files as a site would copy them: the two builds that need nothing beside their binary. */
const RUNTIME = [
  'ort.webgpu.bundle.min.mjs',
  'ort-wasm-simd-threaded.asyncify.wasm',
  'ort.wasm.bundle.min.mjs',
  'ort-wasm-simd-threaded.wasm',
];

/** A folder as a static host would have it: the package, the runtime, demos, and `pages` by name. No bundler is involved. */
export async function buildLibrarySite(
  name: string,
  pages: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = join(root, 'e2e/artifacts', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'ort'), { recursive: true });
  await bundleLibrary(join(folder, 'latentlift/dist'));
  cpSync(join(root, 'public/models'), join(folder, 'latentlift/models'), { recursive: true });
  for (const file of RUNTIME) {
    cpSync(join(root, 'node_modules/onnxruntime-web/dist', file), join(folder, 'ort', file));
  }
  cpSync(join(root, 'public/demos/chelsea.npy'), join(folder, 'chelsea.npy'));
  for (const [page, text] of Object.entries(pages)) writeFileSync(join(folder, page), text);
  return folder;
}
