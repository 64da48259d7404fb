import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withoutIndent } from './css-indent-plugin.ts';
import { listBuild } from './offline-plugin.ts';
import { CONTENT_SECURITY_POLICY } from './security-policy.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const outDir = mkdtempSync(join(tmpdir(), 'latentlift-site-'));
const read = (name: string): string => readFileSync(join(outDir, name), 'utf8');

/** Packages that the source maps of a build name: the bundler's own account of what it put in. */
function mappedPackages(): Set<string> {
  const packages = new Set<string>();
  for (const name of readdirSync(join(outDir, 'assets')).filter((entry) => entry.endsWith('.js.map'))) {
    const { sources } = JSON.parse(read(`assets/${name}`)) as { sources: string[] };
    for (const source of sources) {
      const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(source)?.[1];
      if (found !== undefined) packages.add(found);
    }
  }
  return packages;
}

beforeAll(async () => {
  await build({ root, logLevel: 'error', build: { outDir, emptyOutDir: true, sourcemap: true } });
}, 120_000);
afterAll(() => rmSync(outDir, { recursive: true, force: true }));

it('takes the indentation from style sheets alone, line by line', () => {
  const code = 'const a = css`\n  p {\n    margin: 0 1px;\n  }\n`;\n  const b = `\n  x`;';
  expect(withoutIndent(code)).toBe('const a = css`\np {\nmargin: 0 1px;\n}\n`;\n  const b = `\n  x`;');
});

describe('the built site', () => {
  it('passes on the licence of every bundled package', () => {
    const notices = read('THIRD-PARTY-NOTICES.txt');
    const packages = [...mappedPackages()];
    expect(packages).toEqual(expect.arrayContaining(['comlink', 'fflate', 'lit-html', 'pbf']));
    for (const name of packages) {
      const { version } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'));
      expect(notices).toContain(`\n${name} ${version} (`);
    }
    expect(notices).toContain('\nonnxruntime-web 1.');
  });

  it('lists its files for the offline copy with the hashes they have on the disk', () => {
    const worker = read('offline.js');
    const { entry, files } = listBuild(outDir);
    expect(read('index.html')).toContain(entry);
    for (const name of readdirSync(join(outDir, 'assets')).filter((each) => !each.endsWith('.map'))) {
      const bytes = readFileSync(join(outDir, 'assets', name));
      expect(files[`assets/${name}`]).toEqual({
        sizeBytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      });
      expect(worker).toContain(createHash('sha256').update(bytes).digest('hex'));
    }
  });

  it('never imports the own file of a worker, which WebKit would run once more', () => {
    const names = readdirSync(join(outDir, 'assets')).filter((each) => each.endsWith('.js'));
    expect(names.filter((name) => name.includes('.worker-'))).toHaveLength(3);
    const importing = names.filter((name) => /["']\.\/[a-z]+\.worker-/.test(read(`assets/${name}`)));
    // The page names them to start them.
    expect(importing.filter((name) => !name.startsWith('index-'))).toEqual([]);
  });

  it('holds the policy before anything that it governs, and nothing inline', () => {
    const page = read('index.html');
    expect(page.indexOf(CONTENT_SECURITY_POLICY)).toBeGreaterThan(0);
    expect(page.indexOf(CONTENT_SECURITY_POLICY)).toBeLessThan(page.search(/<(script|link|style)/));
    expect(page).not.toMatch(/<style|style="|<script(?![^>]* src=)|\son\w+="/);
  });

  it('is told to hosts in the words that the page has', () => {
    expect(readFileSync(join(root, 'docs/hosting.md'), 'utf8')).toContain(CONTENT_SECURITY_POLICY);
  });
});
