import { existsSync, readdirSync } from 'node:fs';

const DRIVER = '/usr/bin/WebKitWebDriver';
const DISPLAY = '/usr/bin/Xvfb';
const LIBRARIES = '/usr/lib';

/** Debian's WebKitGTK: its driver, its small browser, and a display in memory for it; null where one of them is missing. */
export function findWebkit() {
  if (!existsSync(DRIVER) || !existsSync(DISPLAY)) return null;
  for (const machine of readdirSync(LIBRARIES).filter((name) => name.endsWith('-linux-gnu'))) {
    for (const version of ['webkit2gtk-4.1', 'webkitgtk-6.0', 'webkit2gtk-4.0']) {
      const browser = `${LIBRARIES}/${machine}/${version}/MiniBrowser`;
      if (existsSync(browser)) return { driver: DRIVER, display: DISPLAY, browser };
    }
  }
  return null;
}
