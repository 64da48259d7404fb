import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';
import { packageOf } from '../site/notices-plugin.ts';
import { ENTRIES } from './package-json.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Bundlers of users find a worker by this very expression, so the package's has to name the file that lies beside it. */
const PAGE_WORKER = '../../workers/upscaler.worker.ts';
const namePackagedWorker: Plugin = {
  name: 'latentlift:packaged-worker',
  transform(code, id) {
    return id.endsWith('create-engine-client.ts') || id.endsWith('spawn-worker.ts')
      ? { code: code.replaceAll(PAGE_WORKER, './latentlift.worker.js'), map: null }
      : null;
  },
};

/** A stylesheet as a text, as Vite gives it for `?inline`. */
const inlineStyles: Plugin = {
  name: 'latentlift:inline-styles',
  load(id) {
    const [file, query] = id.split('?');
    return query === 'inline' && file !== undefined
      ? { code: `export default ${JSON.stringify(readFileSync(file, 'utf8'))};`, moduleType: 'js' }
      : null;
  },
};

/** Writes the package's modules to `dist`; gives the folders of the packages that are bundled with them. */
export async function bundleLibrary(dist: string): Promise<readonly string[]> {
  const build = await rolldown({
    input: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, join(root, file)])),
    external: /^(onnxruntime-(web|node)|node:)/,
    platform: 'neutral',
    resolve: { mainFields: ['module', 'main'], conditionNames: ['import', 'browser', 'default'] },
    plugins: [namePackagedWorker, inlineStyles],
    treeshake: {
      moduleSideEffects: (id) => !/[\\/]src[\\/]core[\\/]|[\\/]workers[\\/](?!.*\.worker)/.test(id),
    },
  });
  const { output } = await build.write({
    dir: dist,
    format: 'esm',
    minify: true,
    sourcemap: false,
    entryFileNames: '[name].js',
    // Beside the entries: what names the worker relatively may land in a chunk.
    chunkFileNames: 'chunk-[name]-[hash].js',
  });
  await build.close();
  const folders = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds.map(packageOf) : []));
  return [...new Set(folders)].filter(
    (folder): folder is string => folder !== null && existsSync(join(folder, 'package.json')),
  );
}
