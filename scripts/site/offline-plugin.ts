import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'vite';
import type { BuildManifest, BuiltFile } from '../../src/core/offline-message.ts';

const source = fileURLToPath(new URL('../../workers/offline/offline.worker.ts', import.meta.url));

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** Lists the hashed files of a built folder as they lie on the disk, with size and SHA-256. Throws where the page has no script. */
export function listBuild(outDir: string): BuildManifest {
  const page = readFileSync(join(outDir, 'index.html'), 'utf8');
  // The page's own script is the last: what it shares with others is started before it.
  const entry = [...page.matchAll(/<script type="module"[^>]* src="\.\/(assets\/[^"]+\.js)"/g)].at(-1)?.[1];
  if (entry === undefined) throw new Error('the built index.html starts no script of assets/');
  const files: Record<string, BuiltFile> = {};
  // Source maps are for developers' tools, not for a visit without a network.
  for (const name of readdirSync(join(outDir, 'assets'))
    .filter((each) => !each.endsWith('.map'))
    .sort()) {
    const bytes = readFileSync(join(outDir, 'assets', name));
    files[`assets/${name}`] = { sha256: sha256(bytes), sizeBytes: bytes.length };
  }
  return { id: sha256(page + JSON.stringify(files)).slice(0, 12), entry, files };
}

/** Writes offline.js, the service worker, with the list of what this build consists of. */
export function offlineCopy(): Plugin {
  let outDir = '';
  return {
    name: 'latentlift:offline',
    apply: 'build',
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
    },
    // After everything lies on the disk: the hashes are those of what is published.
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        await build({
          configFile: false,
          logLevel: 'error',
          publicDir: false,
          define: { __BUILD__: JSON.stringify(listBuild(outDir)) },
          build: {
            target: 'es2023',
            outDir,
            emptyOutDir: false,
            rollupOptions: { input: source, output: { format: 'iife', entryFileNames: 'offline.js' } },
          },
        });
      },
    },
  };
}
