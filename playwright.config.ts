import { defineConfig } from '@playwright/test';
import { findChromium } from './scripts/find-chromium.mjs';

const executablePath = findChromium();
const isRoot = process.getuid?.() === 0;

// E2E_URL runs the specs against a page that is already served, be it a published one.
const served = process.env['E2E_URL'];
// Checkouts side by side need ports of their own, or one would be tested with the other's page.
const port = process.env['E2E_PORT'] ?? '4179';
const url = served ?? `http://127.0.0.1:${port}/`;

// The runner's processes have this from it: what one of them builds in a run serves its later ones as well.
process.env['E2E_RUN'] ??= crypto.randomUUID();

const common = isRoot ? ['--no-sandbox'] : [];

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // One by one where a person looks on. `npm test` runs two files at a time but for the tests tagged @alone, which measure time.
  workers: 1,
  fullyParallel: false,
  forbidOnly: process.env['CI'] !== undefined,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    baseURL: url,
    launchOptions: { ...(executablePath === null ? {} : { executablePath }), args: common },
    // The offline spec lets it in; elsewhere it would stand between the page and page.route().
    serviceWorkers: 'block',
    contextOptions: { reducedMotion: 'reduce' },
  },
  projects: [
    { name: 'chromium' },
    {
      name: 'gpu',
      use: {
        launchOptions: {
          ...(executablePath === null ? {} : { executablePath }),
          args: [...common, '--enable-unsafe-webgpu', '--enable-features=Vulkan', '--ignore-gpu-blocklist'],
        },
      },
    },
  ],
  ...(served === undefined
    ? {
        webServer: {
          command: `npx vite preview --host 127.0.0.1 --port ${port} --strictPort`,
          url,
          reuseExistingServer: process.env['CI'] === undefined,
          timeout: 60_000,
        },
      }
    : {}),
});
