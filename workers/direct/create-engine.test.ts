import * as ort from 'onnxruntime-web/wasm';
import { afterAll, describe, expect, it } from 'vitest';
import { toSpace } from '../../src/core/latent/to-space.ts';
import type { Ort } from '../ort/ort-module.ts';
import { tinyRelease } from '../testing/tiny-models.ts';
import { createEngine } from './create-engine.ts';
import type { CpuEngine } from './engine-types.ts';

ort.env.wasm.numThreads = 1;

/** The runtime, its sessions counted. */
const counts = { made: 0, released: 0 };
const counted = {
  ...ort,
  InferenceSession: {
    async create(...args: Parameters<typeof ort.InferenceSession.create>) {
      const session = await ort.InferenceSession.create(...args);
      counts.made += 1;
      const release = session.release.bind(session);
      session.release = () => {
        counts.released += 1;
        return release();
      };
      return session;
    },
  },
} as unknown as Ort;

const weights = (name: string) => tinyRelease().files.get(`${name}.safetensors`) as Uint8Array<ArrayBuffer>;
const [decoder, upscaler] = [weights('decoder'), weights('upscaler')];
const data = Float32Array.from({ length: 32 * 8 * 8 }, (_, i) => Math.sin(i * 12.9898) * 1.2);
const latent = { data, dims: [1, 32, 8, 8], space: 'model' } as const;

const engines: CpuEngine[] = [];
async function engineWith(models: Parameters<typeof createEngine>[0]['models']): Promise<CpuEngine> {
  const engine = await createEngine({ ort: counted, models });
  engines.push(engine);
  return engine;
}
afterAll(() => Promise.all(engines.map((engine) => engine.dispose())));

const differ = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);

describe('an engine in the caller’s realm', () => {
  it('upscales with an upscaler alone, decodes with a decoder alone, and both make the picture that one with both makes', async () => {
    const [first, second, both] = await Promise.all([
      engineWith({ upscaler }),
      engineWith({ decoder }),
      engineWith({ decoder, upscaler }),
    ]);
    const larger = await first.upscale(latent, { scale: 2 });
    expect([larger.dims, larger.space, larger.family]).toEqual([[1, 32, 16, 16], 'model', 'flux2']);
    const planes = await second.decode(larger);
    expect([planes.dims, planes.range]).toEqual([[1, 3, 128, 128], 'unit']);
    const inOne = await both.toPixels(latent, { scale: 2 });
    const inTwo = await second.toPixels(larger);
    expect([inOne.width, inOne.height]).toEqual([128, 128]);
    expect(differ(inOne.data, inTwo.data)).toBeLessThanOrEqual(1);
    expect(new Set(inOne.data).size).toBeGreaterThan(20);
  });

  it('says which network is missing where it has but one', async () => {
    const [first, second] = await Promise.all([engineWith({ upscaler }), engineWith({ decoder })]);
    await expect(first.toPixels(latent)).rejects.toThrow(/decoder/);
    await expect(second.upscale(latent)).rejects.toThrow(/upscaler/);
  });

  it('gives a latent back in the space it came in', async () => {
    const engine = await engineWith({ upscaler });
    const raw = toSpace({ data, channels: 32, height: 8, width: 8, family: 'flux2', space: 'model' }, 'raw');
    const fromModel = await engine.upscale(latent);
    const fromRaw = await engine.upscale(raw);
    expect(fromRaw.space).toBe('raw');
    const [, channels = 0, height = 0, width = 0] = fromRaw.dims;
    const back = toSpace(
      { data: fromRaw.data, channels, height, width, family: 'flux2', space: 'raw' },
      'model',
    );
    expect(differ(back.data, fromModel.data)).toBeLessThan(1e-4);
  });

  it('frees every session when it is disposed of, and leaves those of another alone', async () => {
    const before = { ...counts };
    const [one, two] = await Promise.all([engineWith({ decoder }), engineWith({ decoder })]);
    const [a] = await Promise.all([one.toPixels(latent), two.toPixels(latent)]);
    const made = counts.made - before.made;
    expect(made).toBeGreaterThan(1);
    await one.dispose();
    expect(counts.released - before.released).toBe(made / 2);
    expect(differ((await two.toPixels(latent)).data, a.data)).toBe(0);
    await expect(one.toPixels(latent)).rejects.toMatchObject({ code: 'engine/disposed' });
    await two.dispose();
    await two.dispose();
    expect(counts.released - before.released).toBe(counts.made - before.made);
  });

  it('ends a call with its signal’s reason, tells its progress, and works on', async () => {
    const engine = await engineWith({ decoder });
    const stop = new AbortController();
    const seen: string[] = [];
    const late = engine.toPixels(latent, { signal: stop.signal, onProgress: ({ kind }) => seen.push(kind) });
    const waiting = engine.toPixels(latent, { signal: AbortSignal.abort(new Error('not wanted')) });
    await expect(waiting).rejects.toThrow('not wanted');
    await late;
    expect(seen).toContain('decode');
    stop.abort();
    await expect(engine.toPixels(latent, { signal: stop.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect((await engine.toPixels(latent)).width).toBe(64);
  });
});
