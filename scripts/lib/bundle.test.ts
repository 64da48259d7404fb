import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OutputChunk, rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleLibrary } from './bundle.ts';
import { ENTRIES, packageJson } from './package-json.ts';
import { doorSizes } from './size-table.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
// Where a bare name is found, as in a project that has the runtime installed.
const folder = mkdtempSync(join(root, 'node_modules/.latentlift-'));
const dist = join(folder, 'dist');
const read = (file: string): string => readFileSync(join(dist, file), 'utf8');
const scripts = (): string[] => readdirSync(dist).filter((file) => file.endsWith('.js'));

/** What a module imports, at once or later; an address of a worker is none of it. */
const importsOf = (file: string): string[] =>
  [...read(file).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*(["'`])([^"'`]+)\1/g)].map(([, , name = '']) => name);

beforeAll(async () => {
  await bundleLibrary(dist);
  // Bundlers leave out what it says to have no effect.
  writeFileSync(join(folder, 'package.json'), JSON.stringify(packageJson()));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a user's bundler makes of an entry. */
async function bundledByUser(entry: string): Promise<readonly OutputChunk[]> {
  const build = await rolldown({
    input: join(dist, `${entry}.js`),
    external: /^onnxruntime-/,
    platform: 'browser',
  });
  const { output } = await build.generate({ format: 'esm' });
  await build.close();
  return output.filter((file) => file.type === 'chunk');
}

describe('the package’s scripts', () => {
  it('never import an entry: WebKit would run the worker’s own file once more for the first script that does', () => {
    const entries = Object.keys(ENTRIES).map((name) => `./${name}.js`);
    expect(entries).toContain('./latentlift.worker.js');
    const importing = scripts().flatMap((file) =>
      importsOf(file)
        .filter((name) => entries.includes(name))
        .map((name) => `${file} imports ${name}`),
    );
    expect(importing).toEqual([]);
  });

  it('name no folder as if it were a module: Turbopack would end the build of a Next site over it', () => {
    const naming = scripts().filter((file) =>
      /new URL\(\s*[`"'][^`"']*\/[`"'],\s*import\.meta\.url/.test(read(file)),
    );
    expect(naming).toEqual([]);
  });

  it('name the packaged worker in the one expression that bundlers look for', () => {
    const naming = scripts().filter((file) => read(file).includes('latentlift.worker.js'));
    expect(naming.length).toBeGreaterThan(0);
    for (const file of naming) {
      expect(read(file)).toMatch(
        /new Worker\(new URL\([`"']\.\/latentlift\.worker\.js[`"'],\s*import\.meta\.url\)/,
      );
    }
  });

  it('keep it so in the hands of a user’s bundler, which cuts the packaged worker anew', async () => {
    const chunks = await bundledByUser('latentlift.worker');
    const entry = chunks.find(({ isEntry }) => isEntry)?.fileName ?? '';
    expect(chunks.length).toBeGreaterThan(4);
    const importing = chunks.filter(({ imports, dynamicImports }) =>
      [...imports, ...dynamicImports].includes(entry),
    );
    expect(importing.map(({ fileName }) => fileName)).toEqual([]);
  });

  it('keep what they do when they are imported: the worker answers, every element is defined', async () => {
    const marks = /Symbol\.for\([`"']latentlift\.exposed|customElements\.define\([`"'][\w-]+/g;
    const marksOf = (codes: readonly string[]): string[] => codes.flatMap((code) => code.match(marks) ?? []);
    const ours = marksOf(scripts().map(read)).map((mark) => mark.replace(/["'`]/g, '"'));
    expect(ours.length).toBeGreaterThan(4);
    const chunks = [...(await bundledByUser('latentlift.worker')), ...(await bundledByUser('element'))];
    const theirs = marksOf(chunks.map(({ code }) => code)).map((mark) => mark.replace(/["'`]/g, '"'));
    expect(new Set(theirs)).toEqual(new Set(ours));
  });

  it('ask for nothing of Node where a browser loads them', () => {
    const seen = new Set(
      ['index', 'engine', 'worker', 'element', 'latentlift.worker'].map((name) => `${name}.js`),
    );
    for (const file of seen) {
      for (const name of importsOf(file)) if (name.startsWith('./')) seen.add(name.slice(2));
    }
    const outside = [...seen].flatMap((file) => importsOf(file).filter((name) => !name.startsWith('./')));
    expect([...new Set(outside)].sort()).toEqual(['onnxruntime-web/wasm', 'onnxruntime-web/webgpu']);
  });

  it('can be imported on a server, and touch nothing of a browser there', () => {
    const code = `
      // The element may ask whether there are custom elements at all.
      for (const name of ['navigator', 'Worker', 'document', 'window', 'self']) {
        Object.defineProperty(globalThis, name, { get() { throw new Error(name + ' was touched'); } });
      }
      const names = {};
      for (const door of ['index', 'engine', 'worker', 'element', 'node']) {
        names[door] = Object.keys(await import(${JSON.stringify(dist)} + '/' + door + '.js'));
      }
      console.log(JSON.stringify(names));`;
    const { stdout, stderr } = spawnSync('node', ['--input-type=module', '-e', code], { encoding: 'utf8' });
    expect(stderr).toBe('');
    const names = JSON.parse(stdout) as Record<string, string[]>;
    expect(names['index']).toContain('createEngineClient');
    expect(names['engine']).toContain('createEngine');
    expect(names['worker']).toEqual(['expose']);
    expect(names['element']).toEqual(['defined']);
    expect(names['node']).toContain('createNodeEngine');
  });

  it('weigh what the document says', () => {
    const text = readFileSync(join(root, 'docs/library.md'), 'utf8');
    for (const { door, bytes, gzipBytes } of doorSizes(dist)) {
      if (door === 'latentlift.worker') continue;
      const name = door === 'index' ? 'latentlift' : `latentlift/${door}`;
      const row = text.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';
      const [, script = 0, gzip = 0] = (/\| (\d+) kB[^|]*\| (\d+) kB/.exec(row) ?? []).map(Number);
      // Tools round and compress differently; what is further off than this is no longer true.
      expect(
        Math.abs(script * 1e3 - bytes) / bytes,
        `${name}: ${bytes} bytes, ${gzipBytes} gzip`,
      ).toBeLessThan(0.1);
      expect(Math.abs(gzip * 1e3 - gzipBytes) / gzipBytes, `${name}: ${gzipBytes} gzip`).toBeLessThan(0.1);
    }
  });
});
