import { expect, type Page, test } from '@playwright/test';
import { EMULATED_GPU } from './emulated-gpu.ts';
import { decodeSmall, onHarness } from './on-harness.ts';

/**
 * A GPU that the browser takes away, at each step of the work: every loss ends in the right picture, made again. The device is really
 * destroyed; what is injected is the browser's news of it, since its own destruction counts as the page's wish.
 */
// What becomes of a loss does not depend on the networks; `webgpu.spec` runs the released ones.
onHarness('tiny');
test.describe.configure({ timeout: 400_000 });
test.use({ launchOptions: EMULATED_GPU });

const STEPS = ['upload', 'compile', 'present', 'download'] as const;
type Step = (typeof STEPS)[number];

/** Runs in the worker, before its own script: a loss strikes at the armed step, once. */
const FAULT = `{
  const state = (globalThis.fault = { step: null, strike: () => {} });
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function open(...wanted) {
    const device = await requestDevice.apply(this, wanted);
    let lose;
    Object.defineProperty(device, 'lost', { value: new Promise((resolve) => (lose = resolve)) });
    state.strike = () => {
      state.step = null;
      device.destroy();
      lose({ reason: 'unknown', message: 'injected' });
    };
    if (globalThis.faultFromStart) state.step = globalThis.faultFromStart;
    return device;
  };
  const at = (prototype, name, step) => {
    const own = prototype[name];
    prototype[name] = function called(...values) {
      if (state.step === step) state.strike();
      return own.apply(this, values);
    };
  };
  at(GPUQueue.prototype, 'writeBuffer', 'upload');
  at(GPUDevice.prototype, 'createComputePipeline', 'compile');
  at(GPUDevice.prototype, 'createComputePipelineAsync', 'compile');
  at(OffscreenCanvas.prototype, 'transferToImageBitmap', 'present');
  at(GPUBuffer.prototype, 'mapAsync', 'download');
}
`;

interface Fault {
  step: Step | null;
  strike(): void;
}
declare const fault: Fault;

/**
 * Puts the fault into every engine worker; the first of them after the armed one has it from its start if `strikesAgain`. Resolves to
 * how many workers were started so far: a fault that struck costs one.
 */
async function prepare(page: Page, strikesAgain: Step | null = null): Promise<() => number> {
  let workers = 0;
  await page.route('**/upscaler.worker-*.js', async (route) => {
    workers += 1;
    const response = await route.fetch();
    const again =
      workers === 2 && strikesAgain !== null ? `globalThis.faultFromStart = '${strikesAgain}';` : '';
    await route.fulfill({ response, body: again + FAULT + (await response.text()) });
  });
  await page.reload();
  await page.waitForFunction(() => 'harness' in window);
  const { backend, reason } = await page.evaluate(() => window.harness.load('webgpu', ['decoder']));
  test.skip(backend !== 'webgpu', `this browser cannot emulate a GPU: ${reason}`);
  return () => workers;
}

const arm = (page: Page, step: Step | 'now'): Promise<void> | undefined =>
  page
    .workers()
    .at(-1)
    ?.evaluate((when) => {
      if (when === 'now') fault.strike();
      else fault.step = when;
    }, step);

/** What the engine makes although a loss is armed, and that it took one more worker. */
async function expectMadeAgain(page: Page, step: Step, started: () => number): Promise<void> {
  const before = started();
  // As a person's choice of a device does: a loss of long ago does not count against the next.
  await page.evaluate(() => window.harness.load('webgpu', ['decoder']));
  await arm(page, step);
  if (step === 'download') {
    const values = await page.evaluate(async () => {
      const { client, latent } = window.harness;
      const { data } = await client.upscale({ latent: latent(4, 4), scale: 2, method: 'latent-bicubic' });
      return { length: data.length, isFinite: data.every(Number.isFinite), kinds: new Set(data).size };
    });
    expect(values).toMatchObject({ length: 32 * 64, isFinite: true });
    expect(values.kinds).toBeGreaterThan(100);
  } else {
    // Of the self-test's size everything is compiled already.
    const picture = await decodeSmall(page, step === 'compile' ? 4 : undefined);
    expect(picture.colours).toBeGreaterThan(20);
    expect(picture.backend).toBe('webgpu');
  }
  expect(started()).toBe(before + 1);
}

test('a GPU lost at upload, compile, present or while a latent is read back gives picture or latent all the same, made again', async ({
  page,
}) => {
  const started = await prepare(page);
  for (const step of STEPS) await test.step(step, () => expectMadeAgain(page, step, started));
});

test('a GPU lost while nothing runs is not noticed by the next picture', async ({ page }) => {
  const started = await prepare(page);
  await arm(page, 'now');
  await page.waitForTimeout(500);
  expect((await decodeSmall(page)).colours).toBeGreaterThan(20);
  expect(started()).toBe(2);
});

test('a GPU lost twice in a row is given up for the CPU, which makes the picture', async ({ page }) => {
  const started = await prepare(page, 'present');
  await arm(page, 'present');
  const picture = await decodeSmall(page);
  expect(picture.backend).toBe('wasm');
  expect(picture.colours).toBeGreaterThan(20);
  // The second loss comes as the picture is made again in tiles of half the side, and the third worker does without the GPU.
  expect(started()).toBe(3);
});
