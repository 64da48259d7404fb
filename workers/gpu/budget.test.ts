import { describe, expect, it } from 'vitest';
import { budgetOf, type Machine, machineOf } from './budget.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

const desktop: Machine = {
  maxBufferBytes: 4 * GIB,
  maxBindingBytes: 4 * GIB - 4,
  deviceMemoryGib: 8,
  isPhone: false,
};

describe('the memory budget of a device', () => {
  it.each([
    ['a desktop with a large GPU', desktop, 1536, 1536],
    ['a desktop whose browser tells no memory', { ...desktop, deviceMemoryGib: null }, 1536, 1536],
    ['a laptop of 4 GiB', { ...desktop, deviceMemoryGib: 4 }, 1024, 1024],
    ['a laptop of 2 GiB', { ...desktop, deviceMemoryGib: 2 }, 512, 512],
    [
      'bindings of 128 MiB, as on most phones and on old drivers',
      { ...desktop, maxBindingBytes: 128 * MIB },
      512,
      64,
    ],
    ['buffers of 256 MiB, WebGPU’s least', { ...desktop, maxBufferBytes: 256 * MIB }, 1024, 128],
    [
      'a phone of 8 GiB',
      { maxBufferBytes: 2 * GIB, maxBindingBytes: 2 * GIB, deviceMemoryGib: 8, isPhone: true },
      512,
      512,
    ],
    [
      'a phone of 4 GiB and 128 MiB bindings',
      { maxBufferBytes: 256 * MIB, maxBindingBytes: 128 * MIB, deviceMemoryGib: 4, isPhone: true },
      384,
      64,
    ],
    [
      'an iPhone, which tells no memory',
      { maxBufferBytes: 1 * GIB, maxBindingBytes: 1 * GIB, deviceMemoryGib: null, isPhone: true },
      384,
      384,
    ],
    [
      'a phone of 1 GiB',
      { maxBufferBytes: 256 * MIB, maxBindingBytes: 128 * MIB, deviceMemoryGib: 1, isPhone: true },
      192,
      64,
    ],
  ] as const)('%s', (_name, machine, budgetMib, tensorMib) => {
    const { budgetBytes, tensorLimitBytes } = budgetOf(machine);
    expect(Math.round(budgetBytes / MIB)).toBe(budgetMib);
    expect(Math.round(tensorLimitBytes / MIB)).toBe(tensorMib);
  });

  it('never plans a tensor larger than the whole budget, nor a binding above half of what is allowed', () => {
    for (const isPhone of [true, false]) {
      for (const deviceMemoryGib of [null, 0.25, 1, 2, 4, 8]) {
        for (const maxBindingBytes of [128 * MIB, 512 * MIB, 2 * GIB]) {
          const { budgetBytes, tensorLimitBytes } = budgetOf({
            ...desktop,
            maxBindingBytes,
            deviceMemoryGib,
            isPhone,
          });
          expect(tensorLimitBytes).toBeLessThanOrEqual(budgetBytes);
          expect(tensorLimitBytes).toBeLessThanOrEqual(maxBindingBytes / 2);
          expect(budgetBytes).toBeGreaterThanOrEqual(128 * MIB);
        }
      }
    }
  });
});

describe('what a browser tells of its machine', () => {
  const limits = { maxBufferSize: 5, maxStorageBufferBindingSize: 4 } as GPUSupportedLimits;

  it.each([
    [
      {
        userAgent: 'Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/141.0 Mobile Safari/537.36',
        deviceMemory: 8,
      },
      true,
      8,
    ],
    [
      { userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/141.0', userAgentData: { mobile: true } },
      true,
      null,
    ],
    [
      { userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/26.0 Mobile/15E148' },
      true,
      null,
    ],
    [{ userAgent: 'Mozilla/5.0 (Android 15; Mobile; rv:141.0) Gecko/141.0 Firefox/141.0' }, true, null],
    [{ userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0' }, false, null],
    [
      {
        userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)',
        userAgentData: { mobile: false },
        deviceMemory: 4,
      },
      false,
      4,
    ],
  ])('%o: phone %s, memory %s', (navigator, isPhone, deviceMemoryGib) => {
    expect(machineOf(limits, navigator)).toEqual({
      maxBufferBytes: 5,
      maxBindingBytes: 4,
      isPhone,
      deviceMemoryGib,
    });
  });
});
