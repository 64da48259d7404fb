import { defineConfig } from 'vitest/config';
import { trimCss } from './scripts/site/css-indent-plugin.ts';
import { thirdPartyNotices } from './scripts/site/notices-plugin.ts';
import { offlineCopy } from './scripts/site/offline-plugin.ts';
import { CONTENT_SECURITY_POLICY, securityPolicy } from './scripts/site/security-policy.ts';
import { chunkBesideEntry } from './scripts/site/worker-chunks.ts';

// COOP/COEP give the WASM backend its threads. The page works without them (static hosts often cannot
// set headers), so the dev server sends them only when asked: `ISOLATED=1 npm start`.
const isolationHeaders: Record<string, string> =
  process.env['ISOLATED'] === '1'
    ? {
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      }
    : {};

const notices = thirdPartyNotices();

export default defineConfig({
  // Relative addresses: the built folder works under any path of a static host.
  base: './',
  plugins: [trimCss(), securityPolicy(), notices.page, offlineCopy()],
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    // Every browser of the target preloads modules by itself.
    modulePreload: { polyfill: false },
    // What the first view needs is one file: shared modules would be files of their own, each compressed alone.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: chunkBesideEntry }] } } },
  },
  worker: {
    format: 'es',
    plugins: () => [notices.worker()],
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: chunkBesideEntry }] } } },
  },
  optimizeDeps: {
    // The page alone: the examples are other people's projects, whose packages are not here.
    entries: ['index.html'],
    // Pre-bundling moves the runtime's glue away from its .wasm file (onnxruntime #20978).
    exclude: ['onnxruntime-web'],
  },
  server: { headers: isolationHeaders },
  // As a header it binds the workers too, which a <meta> in the page does not reach.
  preview: { headers: { ...isolationHeaders, 'Content-Security-Policy': CONTENT_SECURITY_POLICY } },
  test: {
    include: ['src/**/*.test.ts', 'workers/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
    testTimeout: 60_000,
    // Left to itself, Vitest keeps one core free: half of a machine with two.
    maxWorkers: '100%',
  },
});
