import { existsSync } from 'node:fs';

const BROWSER = '/usr/bin/firefox-esr';
const DRIVER = '/usr/share/vulkan/icd.d/lvp_icd.x86_64.json';

/** Debian's Firefox and the GPU in software, Mesa's lavapipe, that it runs WebGPU on; null where one of them is missing. */
export const findFirefox = () =>
  existsSync(BROWSER) && existsSync(DRIVER) ? { executablePath: BROWSER, driver: DRIVER } : null;
