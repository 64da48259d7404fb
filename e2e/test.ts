import { test as base, expect } from '@playwright/test';

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

/** How Chromium words what a policy forbids, in pages and workers. */
const VIOLATION = /Content Security Policy|requires a? ?'?Trusted/;

/**
 * Playwright's test. A spec during which the page's security policy forbids anything fails, whatever else it found. In the `gpu` project it skips, with a printed reason, where there is no real adapter. */
export const test = base.extend<{ gpuGuard: undefined; policyGuard: undefined }, { adapter: Adapter }>({
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
  policyGuard: [
    async ({ context }, use) => {
      const forbidden: string[] = [];
      context.on('console', (message) => {
        if (VIOLATION.test(message.text())) forbidden.push(message.text());
      });
      context.on('weberror', (error) => {
        if (VIOLATION.test(String(error.error()))) forbidden.push(String(error.error()));
      });
      await context.addInitScript(() => {
        // Pages repeat what the console may not show, such as violations of a policy that a worker inherited.
        addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile }) =>
          console.error(`Content Security Policy: ${violatedDirective} ${blockedURI} ${sourceFile}`),
        );
      });
      await use(undefined);
      expect(forbidden, 'forbidden by the security policy').toEqual([]);
    },
    { auto: true },
  ],
});

export type { Page } from '@playwright/test';
export { expect };
