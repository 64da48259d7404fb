import { expect, test } from 'vitest';
import { webgpuBuild } from './webgpu-build.ts';

test('a browser that suspends compiled code by itself gets the smaller build, any other the one that can do without', () => {
  const [now, before] = [
    webgpuBuild({ WebAssembly: { Suspending: class {} } }),
    webgpuBuild({ WebAssembly }),
  ];
  expect(now.file.url).toMatch(/jspi/);
  expect('Suspending' in WebAssembly).toBe(false);
  expect(before.file.url).toMatch(/asyncify/);
  expect(now.file.sizeBytes).toBeLessThan(before.file.sizeBytes * 0.65);
});
