import type { Backend } from '../../src/contract/engine.ts';
import type { Runtimes } from '../runtimes.ts';
import { createCpuSessions } from './cpu-sessions.ts';
import type { Ort } from './ort-module.ts';
import { createWebgpuSessions } from './webgpu-sessions.ts';

/** Runtimes of somebody else: `load` gives the module, which finds its binary by itself. */
export const givenRuntimes = (load: (backend: Backend) => Promise<Ort>): Runtimes => ({
  async wasm({ threads }) {
    const ort = await load('wasm');
    ort.env.wasm.numThreads = threads;
    return createCpuSessions(ort);
  },
  async webgpu() {
    const ort = await load('webgpu');
    ort.env.wasm.numThreads = 1;
    return { start: async (device) => createWebgpuSessions(ort, device) };
  },
});
