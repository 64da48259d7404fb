import { describe, expect, it } from 'vitest';
import type { Backend, LoadPlan } from '../../src/contract/engine.ts';
import { AppError } from '../../src/core/errors.ts';
import type { EngineDeps } from '../engine-deps.ts';
import { startCall } from '../pipeline/call.ts';
import { calmBehaviour, fakeSurroundings } from '../testing/fake-surroundings.ts';
import { PLAN } from '../testing/fake-worker.ts';
import { type Loaded, loadPlan } from './load-plan.ts';

/** Surroundings with a GPU that answers zeros, which no self-test accepts, and a list of what happens to devices. */
function surroundings(wanted: Backend): EngineDeps & { readonly devices: string[] } {
  const deps = fakeSurroundings(calmBehaviour());
  const devices: string[] = [];
  return {
    ...deps,
    devices,
    probe: async (plan) => ({ ...(await deps.probe(plan)), backend: wanted, reason: `${wanted} in a test.` }),
    async openCompute(backend, options) {
      devices.push(`open ${backend}`);
      return {
        ...(await deps.openCompute(backend, options)),
        backend,
        dispose: async () => {
          devices.push(`dispose ${backend}`);
        },
      };
    },
  };
}

const load = (deps: EngineDeps, plan: LoadPlan, before: Loaded | null = null): Promise<Loaded> =>
  loadPlan(
    deps,
    plan,
    before,
    startCall(new AbortController().signal, () => {}),
  );

/** Disposal is not waited for. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('devices', () => {
  it('stay open from one plan to the next, with their networks', async () => {
    const deps = surroundings('wasm');
    const first = await load(deps, PLAN);
    const second = await load(
      deps,
      { ...PLAN, models: { decoder: 'tiny-decoder', encoder: 'tiny-encoder' } },
      first,
    );
    expect(second.device).toBe(first.device);
    expect(deps.devices).toEqual(['open wasm']);
  });

  it('that fail their test are given back once another is found', async () => {
    const deps = surroundings('webgpu');
    // No stored answer for this decoder: it is asked for values that are not all the same.
    const { report } = await load(deps, PLAN);
    await settled();
    expect(report.backend).toBe('wasm');
    expect(report.reason).toContain('failed its self-test');
    expect(deps.devices).toEqual(['open webgpu', 'open wasm', 'dispose webgpu']);
  });

  it('are given back when the models cannot be had', async () => {
    const deps = surroundings('wasm');
    await expect(
      load(deps, { ...PLAN, models: { ...PLAN.models, decoder: 'nobody' } }),
    ).rejects.toBeInstanceOf(AppError);
    await settled();
    expect(deps.devices).toEqual(['open wasm', 'dispose wasm']);
  });

  it('have nothing to wait for in what is fetched ahead, which begins when the plan itself has come', async () => {
    const deps = surroundings('wasm');
    const order: string[] = [];
    const { read } = deps.store;
    const watched: EngineDeps = {
      ...deps,
      openCompute: async (backend, options) => {
        const compute = await deps.openCompute(backend, options);
        order.push('runtime');
        return compute;
      },
      store: {
        ...deps.store,
        read: async (file, options) => {
          const got = await read(file, options);
          order.push(file.file);
          return got;
        },
        ahead: ({ file }) => order.push(`ahead ${file}`),
      },
    };
    await load(watched, {
      ...PLAN,
      models: { decoder: 'tiny-decoder' },
      ahead: ['tiny-upscaler', 'user:nobody'],
    });
    await settled();
    expect(order.toSorted().slice(1)).toEqual(['decoder.safetensors', 'runtime']);
    expect(order.at(-1)).toBe('ahead upscaler.safetensors');
  });

  it('of the plan before are kept when a new plan fails', async () => {
    const deps = surroundings('wasm');
    const before = await load(deps, PLAN);
    await expect(
      load(deps, { ...PLAN, models: { ...PLAN.models, upscaler: 'nobody' } }, before),
    ).rejects.toMatchObject({
      code: 'model/missing',
    });
    await settled();
    expect(deps.devices).toEqual(['open wasm']);
  });
});
