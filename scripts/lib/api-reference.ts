// npm run docs:api: the reference of every door in docs/api, from the declarations and what is written above them. Needs a package registry:
// TypeDoc works with a TypeScript that is written in JavaScript, which nothing else here needs, so it is no dependency.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DOORS, ENTRIES } from './package-json.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = join(root, 'docs/api');
const TOOLS = ['typedoc@0.28.20', 'typedoc-plugin-markdown@4.14.1', 'typescript@6.0.3'];

const sources = Object.values(DOORS).map((entry) => join(root, ENTRIES[entry]));
/** "./engine" -> "latentlift/engine" */
const importName = (door: string): string => `latentlift${door.slice(1)}`;

// What is written changes with the doors alone: no lines of sources, no versions, no dates, no paths.
const OPTIONS = {
  plugin: ['typedoc-plugin-markdown'],
  entryPoints: sources,
  out,
  readme: 'none',
  outputFileStrategy: 'modules',
  disableSources: true,
  hideGenerator: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  excludeExternals: true,
  // Lit's own life cycle: what an element of it does anyway.
  excludeInternal: true,
  excludePrivate: true,
  excludeProtected: true,
  skipErrorChecking: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
};

const CONFIG = {
  extends: join(root, 'tsconfig.base.json'),
  compilerOptions: {
    lib: ['ES2023', 'DOM', 'DOM.Iterable'],
    types: ['node', '@webgpu/types', 'vite/client'],
    typeRoots: [join(root, 'node_modules/@types'), join(root, 'node_modules')],
  },
  files: sources,
};

function writeReference(folder: string): void {
  const tsconfig = join(folder, 'tsconfig.json');
  const options = join(folder, 'typedoc.json');
  writeFileSync(tsconfig, JSON.stringify(CONFIG));
  writeFileSync(options, JSON.stringify({ ...OPTIONS, tsconfig }));
  const packages = TOOLS.flatMap((tool) => ['--package', tool]);
  const { status } = spawnSync('npx', ['--yes', ...packages, 'typedoc', '--options', options], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`typedoc ended with ${status}`);
}

/** A door's page under the name that it is imported by, without the spaces and blank lines that the tool leaves. */
function tidy(door: string, entry: string): void {
  const path = join(out, `${entry}.md`);
  const text = readFileSync(path, 'utf8')
    .replace(/^# .*/, `# ${importName(door)}`)
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n');
  writeFileSync(path, `${text.trim()}\n`);
}

const folder = mkdtempSync(join(root, 'node_modules/.latentlift-api-'));
try {
  writeReference(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const [door, entry] of Object.entries(DOORS)) tidy(door, entry);
const list = Object.entries(DOORS).map(([door, entry]) => `- [\`${importName(door)}\`](${entry}.md)`);
writeFileSync(
  join(out, 'README.md'),
  `# API reference

Written by \`npm run docs:api\` from the declarations of the doors; [the library](../library.md) says how they are meant to be used.

${list.join('\n')}
`,
);
