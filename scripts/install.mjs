import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from './find-chromium.mjs';
import { findFirefox } from './find-firefox.mjs';
import { findWebkit } from './find-webkit.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a command in the project with its output shown; ends this process when it fails. */
function must(command, args, hint) {
  console.log(`> ${command} ${args.join(' ')}`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status === 0) return;
  console.error(`${command} ${args.join(' ')} failed${error ? ` (${error.message})` : ''}. ${hint}`);
  process.exit(1);
}

/** Installs the packages of package-lock.json when they are missing or older than it. */
export function ensurePackages() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Node ${process.versions.node} found; Node 20.19 or newer is needed.`);
    process.exit(1);
  }
  const installed = join(root, 'node_modules', '.package-lock.json');
  const wanted = join(root, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return;
  must('npm', ['ci', '--no-audit', '--no-fund'], 'Check the network and run the command again.');
}

const isRootOnDebian = () =>
  process.getuid?.() === 0 &&
  existsSync('/etc/os-release') &&
  /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8')) &&
  !/^ID=ubuntu/m.test(readFileSync('/etc/os-release', 'utf8')); // Ubuntu's chromium package is a snap stub.

/** A Chromium for the end-to-end tests: the one on the PATH, else Debian's package when root there, else Playwright's. */
export function ensureChromium() {
  if (findChromium()) return;
  if (isRootOnDebian()) {
    must('apt-get', ['update', '-qq'], 'Check the package sources.');
    must('apt-get', ['install', '-y', '-qq', 'chromium'], 'Install Chromium by hand and run again.');
    return;
  }
  const withDeps = process.getuid?.() === 0 ? ['--with-deps'] : [];
  must(
    'npx',
    ['playwright', 'install', ...withDeps, 'chromium'],
    'Put a Chromium on the PATH, or name it in CHROMIUM_PATH, and run again.',
  );
}

/** Debian's packages for a browser beside Chromium, where root may install them. Its specs are skipped elsewhere, with this reason. */
function ensureBrowser(name, isThere, packages) {
  if (isThere()) return;
  if (!isRootOnDebian()) {
    console.log(
      `${name}: specs are skipped, ${packages.join(' and ')} are installed for root on Debian only`,
    );
    return;
  }
  const inTime = (...args) => spawnSync('apt-get', args, { stdio: 'inherit', timeout: 300_000 }).status === 0;
  const isDone =
    inTime('update', '-qq') && inTime('install', '-y', '-qq', '--no-install-recommends', ...packages);
  if (!isDone) console.log(`${name}: specs are skipped, ${packages.join(' and ')} could not be installed`);
}

/** Firefox with a GPU in software, and WebKitGTK with its driver on a display in memory. */
export function ensureOtherBrowsers() {
  ensureBrowser('firefox', findFirefox, ['firefox-esr', 'mesa-vulkan-drivers']);
  ensureBrowser('webkit', findWebkit, ['webkit2gtk-driver', 'xvfb']);
}
