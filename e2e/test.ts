import { test as base } from '@playwright/test';

interface Adapter {
  /** Why specs of the GPU project cannot run here, or null where they can. */
  readonly obstacle: string | null;
}

async function findObstacle(
  browser: import('@playwright/test').Browser,
  address: string,
): Promise<string | null> {
  const page = await browser.newPage();
  try {
    await page.goto(address);
    return await page.evaluate(async () => {
      // The page's own types know no WebGPU; the worker's do.
      const { gpu } = navigator as unknown as {
        gpu?: { requestAdapter(): Promise<{ info: { vendor: string; architecture: string } } | null> };
      };
      const adapter = (await gpu?.requestAdapter()) ?? null;
      if (adapter === null) return 'this browser offers no WebGPU adapter';
      const name = `${adapter.info.vendor} ${adapter.info.architecture}`;
      return /swiftshader|llvmpipe|software/i.test(name)
        ? `the only adapter is software (${name.trim()})`
        : null;
    });
  } finally {
    await page.close();
  }
}

/** Playwright's test; in the `gpu` project it skips, with a printed reason, where there is no real adapter. */
export const test = base.extend<{ gpuGuard: undefined }, { adapter: Adapter }>({
  adapter: [
    async ({ browser }, use, worker) => {
      const { name, use: options } = worker.project;
      const address = options.baseURL ?? '';
      const obstacle = name === 'gpu' ? await findObstacle(browser, address) : null;
      if (obstacle !== null) console.log(`gpu: specs are skipped, ${obstacle}`);
      await use({ obstacle });
    },
    { scope: 'worker' },
  ],
  gpuGuard: [
    async ({ adapter }, use, info) => {
      info.skip(adapter.obstacle !== null, adapter.obstacle ?? '');
      await use(undefined);
    },
    { auto: true },
  ],
});

export { expect, type Page } from '@playwright/test';
