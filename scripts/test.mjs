// `npm test`: installs what is missing (the browser too), then runs everything and counts it:
// types, lint, unit tests, the training package's tests, build, end-to-end tests.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureChromium, ensureOtherBrowsers, ensurePackages, root } from './install.mjs';

const reports = mkdtempSync(join(tmpdir(), 'latentlift-test-'));

function run(command, args, env = {}) {
  console.log(`\n> ${command} ${args.join(' ')}`);
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  return result.status === 0;
}

const single = (ok) => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null; // The runner died before it wrote one.
  }
}

/** A suite that fails without naming a failed test (a crash, a broken config) still counts as one failure. */
const judged = (ok, counts) => (ok || counts.failed > 0 ? counts : { ...counts, failed: 1 });

function unit() {
  const file = join(reports, 'vitest.json');
  const ok = run('npx', [
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  const report = readReport(file);
  return judged(ok && report !== null, {
    passed: report?.numPassedTests ?? 0,
    failed: report?.numFailedTests ?? 0,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
  });
}

function training() {
  const python = process.env.PYTHON ?? 'python3';
  const probe = spawnSync(python, ['-c', 'import pytest, torch, numpy, safetensors, PIL'], {
    encoding: 'utf8',
  });
  if (probe.status !== 0) {
    const why = probe.error?.message ?? probe.stderr.trim().split('\n').at(-1);
    console.log(`\ntraining: skipped, ${python} cannot run it (${why}). See training/README.md.`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const file = join(reports, 'pytest.xml');
  const ok = run(python, ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', `--junitxml=${file}`, 'training']);
  const count = (name) => Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(text)?.[1] ?? 0);
  const text = (() => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return '';
    }
  })();
  const failed = count('failures') + count('errors');
  const skipped = count('skipped');
  return judged(ok, { passed: count('tests') - failed - skipped, failed, skipped });
}

/** Two spec files at a time, for a page waits as often as it computes; then, one by one, the tests that measure time. */
const SIDE_BY_SIDE = ['--workers=2', '--grep-invert=@alone'];
const ALONE = ['--workers=1', '--grep=@alone'];

function endToEnd(which) {
  const file = join(reports, `playwright${which.join('')}.json`);
  const ok = run('npx', ['playwright', 'test', '--project=chromium', '--reporter=list,json', ...which], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
  });
  const stats = readReport(file)?.stats;
  return judged(ok && stats !== undefined, {
    passed: (stats?.expected ?? 0) + (stats?.flaky ?? 0),
    failed: stats?.unexpected ?? 0,
    skipped: stats?.skipped ?? 0,
  });
}

ensurePackages();
ensureChromium();
ensureOtherBrowsers();

const suites = [
  ['types', () => single(run('node', ['scripts/typecheck.mjs']))],
  ['lint', () => single(run('npx', ['biome', 'check', '.']))],
  ['unit', unit],
  ['training', training],
  ['build', () => single(run('npx', ['vite', 'build']))],
  ['end to end', () => endToEnd(SIDE_BY_SIDE)],
  ['end to end, alone', () => endToEnd(ALONE)],
];
const results = suites.map(([name, suite]) => {
  const began = performance.now();
  return { name, ...suite(), seconds: (performance.now() - began) / 1000 };
});
rmSync(reports, { recursive: true, force: true });

const counts = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;
const total = results.reduce(
  (sum, result) => ({
    passed: sum.passed + result.passed,
    failed: sum.failed + result.failed,
    skipped: sum.skipped + result.skipped,
  }),
  { passed: 0, failed: 0, skipped: 0 },
);
console.log('');
for (const result of results) {
  // No line but the last may read as a bare count: the total must be unmistakable.
  console.log(`suite ${result.name} (${result.seconds.toFixed(0)} s): ${counts(result)}`);
}
console.log(counts(total));
process.exitCode = total.failed > 0 ? 1 : 0;
