import puppeteer, { type Browser } from 'puppeteer-core';
import { findFirefox } from '../../scripts/find-firefox.mjs';

const firefox = findFirefox();
export const FIREFOX_START_MS = 60_000;

/** Why the specs in Firefox cannot run, or null. */
export const missingFirefox: string | null =
  firefox === null ? 'firefox-esr and mesa-vulkan-drivers are not installed' : null;

/**
 * A second browser with an implementation of WebGPU of its own (wgpu instead of Dawn), on a GPU in software that has f16 and bindings of
 * 128 MiB as phones have; or as it is shipped, without WebGPU. Driven over BiDi, which Playwright does not speak to Firefox as it is shipped.
 */
export function openFirefox(hasGpu: boolean): Promise<Browser> {
  if (firefox === null) throw new Error(missingFirefox ?? '');
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: firefox.executablePath,
    headless: true,
    timeout: FIREFOX_START_MS,
    protocolTimeout: 600_000,
    env: { ...process.env, VK_DRIVER_FILES: firefox.driver },
    extraPrefsFirefox: {
      'dom.webgpu.enabled': hasGpu,
      'dom.webgpu.workers.enabled': hasGpu,
      'gfx.webgpu.ignore-blocklist': hasGpu,
    },
  });
}
