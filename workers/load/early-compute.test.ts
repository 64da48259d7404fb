import { describe, expect, it } from 'vitest';
import type { Backend } from '../../src/contract/engine.ts';
import type { EngineDeps } from '../engine-deps.ts';
import type { Compute } from '../pipeline/compute.ts';
import { openEarly } from './early-compute.ts';

interface Gate {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

function createGate(): Gate {
  let resolve: Gate['resolve'] = () => {};
  let reject: Gate['reject'] = () => {};
  const promise = new Promise<void>((...settlers) => {
    [resolve, reject] = settlers;
  });
  return { promise, resolve, reject };
}

/** Devices that open when the test says so, with what became of them. */
function surroundings() {
  const events: string[] = [];
  const gates: Gate[] = [];
  const told: ((loaded: number, total: number) => void)[] = [];
  const openCompute: EngineDeps['openCompute'] = async (backend, { signal, onBytes }) => {
    events.push(`open ${backend}`);
    const gate = createGate();
    gates.push(gate);
    told.push(onBytes);
    signal.addEventListener('abort', () => gate.reject(signal.reason));
    await gate.promise;
    return { backend, dispose: async () => void events.push(`dispose ${backend}`) } as unknown as Compute;
  };
  return { events, gates, told, openCompute };
}

function ask(open: EngineDeps['openCompute'], backend: Backend, seen: number[] = []) {
  const abort = new AbortController();
  const opened = open(backend, { signal: abort.signal, onBytes: (loaded) => void seen.push(loaded) });
  return { opened, abort };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

describe('a device opened early', () => {
  it('is handed to the first who asks for it, with how far its runtime has come', async () => {
    const { events, gates, told, openCompute } = surroundings();
    const open = openEarly(openCompute, 'wasm');
    expect(events).toEqual(['open wasm']);
    told[0]?.(10, 100);
    const seen: number[] = [];
    const { opened } = ask(open, 'wasm', seen);
    told[0]?.(100, 100);
    gates[0]?.resolve();
    expect((await opened).backend).toBe('wasm');
    expect(seen).toEqual([10, 100]);
    expect(events).toEqual(['open wasm']);
    ask(open, 'wasm');
    expect(events, 'a second one is opened anew').toEqual(['open wasm', 'open wasm']);
  });

  it('is given back where another is wanted', async () => {
    const { events, gates, openCompute } = surroundings();
    const open = openEarly(openCompute, 'webgpu');
    gates[0]?.resolve();
    const { opened } = ask(open, 'wasm');
    gates[1]?.resolve();
    expect((await opened).backend).toBe('wasm');
    await settled();
    expect(events).toEqual(['open webgpu', 'open wasm', 'dispose webgpu']);
  });

  it('is opened again where it has failed before anybody asked, and its failure is nobody’s', async () => {
    const { events, gates, openCompute } = surroundings();
    const open = openEarly(openCompute, 'wasm');
    gates[0]?.reject(new Error('offline for a moment'));
    await settled();
    const { opened } = ask(open, 'wasm');
    gates[1]?.resolve();
    expect((await opened).backend).toBe('wasm');
    expect(events).toEqual(['open wasm', 'open wasm']);
  });

  it('is given up with the call that waits for it', async () => {
    const { openCompute } = surroundings();
    const { opened, abort } = ask(openEarly(openCompute, 'wasm'), 'wasm');
    abort.abort();
    await expect(opened).rejects.toMatchObject({ name: 'AbortError' });
  });
});
