import { expect, test } from '@playwright/test';
import { BLANK_GPU } from './emulated-gpu.ts';
import { decodeSmall, onHarness } from './on-harness.ts';

/** A GPU that computes well and shows nothing, as some browsers and drivers have it. */
onHarness();
test.describe.configure({ timeout: 240_000 });
test.use({ launchOptions: BLANK_GPU });

test('a GPU whose canvas stays empty is given up for the CPU with the reason, and pictures come', async ({
  page,
}) => {
  const probe = await page.evaluate(() => window.harness.client.probe('webgpu'));
  test.skip(probe.backend !== 'webgpu', `this browser cannot emulate a GPU: ${probe.reason}`);
  const { backend, reason } = await page.evaluate(() => window.harness.load('webgpu'));
  test.skip(backend === 'webgpu', 'this browser shows what this GPU draws');
  expect(reason).toMatch(/failed its self-test: .*The CPU is used instead/);
  expect(await decodeSmall(page)).toMatchObject({ backend: 'wasm', colours: expect.any(Number) });
  expect((await decodeSmall(page)).colours).toBeGreaterThan(20);
});
