// npm run build:lib: the npm package, in dist-lib. `npm pack ./dist-lib` makes its tarball.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { noticeOf, writeNotices } from '../site/notices-plugin.ts';
import { bundleLibrary } from './bundle.ts';
import { packageJson } from './package-json.ts';
import { sizeTable } from './size-table.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = join(root, 'dist-lib');

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
const bundled = await bundleLibrary(join(out, 'dist'));
writeFileSync(join(out, 'THIRD-PARTY-NOTICES.txt'), writeNotices(bundled.map(noticeOf)));
declare();
cpSync(join(root, 'public/models'), join(out, 'models'), { recursive: true });
cpSync(join(root, 'LICENSE'), join(out, 'LICENSE'));
cpSync(join(root, 'docs/library.md'), join(out, 'README.md'));
cpSync(join(root, 'docs/api'), join(out, 'api'), { recursive: true });
const reference = join(out, 'api/README.md');
writeFileSync(reference, readFileSync(reference, 'utf8').replace('../library.md', '../README.md'));
writeFileSync(join(out, 'package.json'), `${JSON.stringify(packageJson(), null, 2)}\n`);

// What a package may do wrong (exports that lead nowhere, types behind the wrong condition): any complaint fails the build.
const { messages, pkg } = await publint({ pkgDir: out, pack: false, level: 'suggestion' });
const complaints = messages.map((message) => formatMessage(message, pkg));
if (complaints.length > 0) throw new Error(`publint complains of the package:\n${complaints.join('\n')}`);
console.log(sizeTable(join(out, 'dist')));
