import { expect, type Page, test } from '@playwright/test';
import { EMULATED_GPU } from './emulated-gpu.ts';
import { decodeSmall, onHarness } from './on-harness.ts';

/** A GPU that is lost or full, in a real browser: each fault ends in a right picture or in an error that says what happened. */
onHarness();
test.describe.configure({ timeout: 240_000 });
test.use({ launchOptions: EMULATED_GPU });

/** Arms a fault in the engine's worker; it strikes once. */
async function arm(page: Page, fault: 'memory at the last step' | 'loss while reading back'): Promise<void> {
  await page.evaluate(() => window.harness.client.probe('auto'));
  const worker = page.workers().at(-1);
  if (worker === undefined) throw new Error('the page has no worker');
  await worker.evaluate((what) => {
    let device: GPUDevice | null = null;
    let isArmed = true;
    const { requestDevice } = GPUAdapter.prototype;
    GPUAdapter.prototype.requestDevice = async function open(...wanted) {
      device = await requestDevice.apply(this, wanted);
      return device;
    };
    const { transferToImageBitmap } = OffscreenCanvas.prototype;
    const { mapAsync } = GPUBuffer.prototype;
    if (what === 'memory at the last step') {
      OffscreenCanvas.prototype.transferToImageBitmap = function transfer() {
        const picture = transferToImageBitmap.call(this);
        // The self-test's own picture comes first and is left alone.
        if (!('isFaultDue' in globalThis) || !isArmed) return picture;
        isArmed = false;
        const error = new GPUOutOfMemoryError('injected');
        device?.dispatchEvent(new GPUUncapturedErrorEvent('uncapturederror', { error }));
        // What a canvas gives whose texture could not be made.
        picture.close();
        return transferToImageBitmap.call(new OffscreenCanvas(this.width, this.height));
      };
    } else {
      GPUBuffer.prototype.mapAsync = function map(...how) {
        if (!isArmed) return mapAsync.apply(this, how);
        isArmed = false;
        return Promise.reject(
          new DOMException('The Device was lost before mapping was resolved.', 'AbortError'),
        );
      };
    }
  }, fault);
}

test('a GPU lost while its self-test is read back is given up for the CPU, not taken for a cancel', async ({
  page,
}) => {
  await arm(page, 'loss while reading back');
  const { backend, reason } = await page.evaluate(() => window.harness.load('webgpu', ['decoder']));
  test.skip(/no GPU/.test(reason), `this browser cannot emulate a GPU: ${reason}`);
  expect(backend).toBe('wasm');
  expect(reason).toMatch(/took the GPU away/);
  expect((await decodeSmall(page)).colours).toBeGreaterThan(20);
});

test('a GPU that runs out of memory at the last step of a picture gives that picture all the same, made again', async ({
  page,
}) => {
  await arm(page, 'memory at the last step');
  const { backend, reason } = await page.evaluate(() => window.harness.load('webgpu', ['decoder']));
  test.skip(backend !== 'webgpu', `this browser cannot emulate a GPU: ${reason}`);
  await page
    .workers()
    .at(-1)
    ?.evaluate(() => Object.assign(globalThis, { isFaultDue: true }));
  expect((await decodeSmall(page)).colours).toBeGreaterThan(20);
});

test('a GPU whose queue never drains is given up in time, and the picture is made on the CPU with the reason told', async ({
  page,
}) => {
  const { backend, reason } = await page.evaluate(() => window.harness.load('webgpu', ['decoder']));
  test.skip(backend !== 'webgpu', `this browser cannot emulate a GPU: ${reason}`);
  await page
    .workers()
    .at(-1)
    ?.evaluate(() => {
      GPUQueue.prototype.onSubmittedWorkDone = () => new Promise(() => {});
      const { setTimeout: real } = globalThis;
      // Ten minutes of patience with an emulated GPU are two seconds here.
      globalThis.setTimeout = ((work: () => void, ms = 0) =>
        real(work, ms >= 60_000 ? ms / 300 : ms)) as typeof setTimeout;
    });
  expect(await decodeSmall(page)).toMatchObject({ backend: 'wasm' });
});
