import { expect, it } from 'vitest';
import { expectedBackend } from './expected-backend.ts';

const last = (text: string | null) => ({ read: () => text });

it.each([
  ['auto', false, null, 'wasm'],
  ['wasm', true, 'webgpu', 'wasm'],
  ['auto', true, null, undefined],
  ['auto', true, 'wasm', 'wasm'],
  ['auto', true, 'webgpu', 'webgpu'],
  ['webgpu', true, 'webgpu', 'webgpu'],
  ['webgpu', true, 'wasm', undefined],
  ['auto', true, 'something else', undefined],
] as const)(
  'asked for %s, WebGPU there: %s, last time %s: %s is readied',
  (asked, hasWebgpu, ran, expected) => {
    expect(expectedBackend(asked, hasWebgpu, last(ran))).toBe(expected);
  },
);
