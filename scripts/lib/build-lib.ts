// npm run build:lib: the npm package, in dist-lib. `npm pack ./dist-lib` makes its tarball.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';
import { noticeOf, packageOf, writeNotices } from '../site/notices-plugin.ts';
import { ENTRIES, packageJson } from './package-json.ts';
import { sizeTable } from './size-table.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = join(root, 'dist-lib');

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

async function bundle(): Promise<void> {
  const build = await rolldown({
    input: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, join(root, file)])),
    external: /^(onnxruntime-(web|node)|node:)/,
    platform: 'neutral',
    resolve: { mainFields: ['module', 'main'], conditionNames: ['import', 'browser', 'default'] },
    plugins: [namePackagedWorker],
    treeshake: {
      moduleSideEffects: (id) => !/[\\/]src[\\/]core[\\/]|[\\/]workers[\\/](?!.*\.worker)/.test(id),
    },
  });
  const { output } = await build.write({
    dir: join(out, 'dist'),
    format: 'esm',
    minify: true,
    sourcemap: false,
    entryFileNames: '[name].js',
    // Beside the entries: what names the worker relatively may land in a chunk.
    chunkFileNames: 'chunk-[name]-[hash].js',
  });
  await build.close();
  const folders = new Set(
    output
      .flatMap((file) => (file.type === 'chunk' ? file.moduleIds.map(packageOf) : []))
      .filter((f) => f !== null),
  );
  writeFileSync(
    join(out, 'THIRD-PARTY-NOTICES.txt'),
    writeNotices([...folders].filter((folder) => existsSync(join(folder, 'package.json'))).map(noticeOf)),
  );
}

/** Declarations as TypeScript writes them; a package names its files as they are published. */
function declare(): void {
  const tsc = spawnSync('npx', ['tsc', '-p', 'scripts/lib/tsconfig.types.json'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (tsc.status !== 0) throw new Error('the declarations could not be written');
  for (const file of readdirSync(join(out, 'dist/types'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.d.ts')) continue;
    const path = join(out, 'dist/types', file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(/(from '|import\(')(\.[^']*)\.ts'/g, "$1$2.js'"));
  }
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await bundle();
declare();
cpSync(join(root, 'public/models'), join(out, 'models'), { recursive: true });
cpSync(join(root, 'LICENSE'), join(out, 'LICENSE'));
cpSync(join(root, 'docs/library.md'), join(out, 'README.md'));
writeFileSync(join(out, 'package.json'), `${JSON.stringify(packageJson(), null, 2)}\n`);
console.log(sizeTable(join(out, 'dist')));
