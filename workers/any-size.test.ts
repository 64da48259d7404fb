import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseManifest } from '../src/contract/model-manifest.ts';
import { NETWORKS } from '../src/core/networks/index.ts';
import { noise } from '../src/core/weights/synthetic.ts';
import { createInProcessEngine } from './in-process.ts';
import { requireDrawable } from './pipeline/job-rules.ts';
import { type Model, openModel } from './pipeline/model.ts';

const models = new URL('../public/models/', import.meta.url);
const isThere = existsSync(new URL('manifest.json', models));

function released(id: string): Model {
  const manifest = parseManifest(JSON.parse(readFileSync(new URL('manifest.json', models), 'utf8')));
  const entry = manifest.models.find((model) => model.id === id);
  if (entry === undefined) throw new Error(`the release has no ${id}`);
  return openModel(
    { ...entry, key: entry.sha256 },
    new Uint8Array(readFileSync(new URL(entry.file, models))),
    NETWORKS,
  );
}

const latentOf = (height: number, width: number, scale = 1.7, offset = 0) => ({
  ...{ data: noise('any size', 32 * height * width, scale, offset), channels: 32, height, width },
  ...({ family: 'flux2', space: 'model' } as const),
});

describe.skipIf(!isThere)('a latent of any size', () => {
  it.each([
    [1, 1],
    [1, 2],
    [3, 5],
    [1, 65],
    [17, 1],
  ])('of %i x %i cells becomes a picture at 1x, 2x and 4x', { timeout: 300_000 }, async (height, width) => {
    const engine = await createInProcessEngine();
    const [decoder, upscaler] = [released('flux2-decoder'), released('flux2-lua')];
    for (const scale of [1, 2, 4] as const) {
      const latent = latentOf(height, width);
      const larger = scale === 1 ? latent : await engine.upscale(upscaler, latent, scale, 'lua');
      const picture = await engine.decode(decoder, larger);
      expect([picture.height, picture.width]).toEqual([8 * scale * height, 8 * scale * width]);
      expect(picture.data.every(Number.isFinite)).toBe(true);
    }
  });
});

describe.skipIf(!isThere)('a latent that no picture has', () => {
  // Amplitude and mean; a real latent's values have a deviation of 1 about 0.
  it.each([
    ['nothing but zeros', 0, 0],
    ['one value', 0, 3],
    ['one value far from any picture', 0, -100],
    ['noise, five times as strong as a latent', 8.5, 0],
    ['noise, a thousand times as strong', 1700, 0],
  ])(
    '%s: a bounded picture at 1x, 2x and 4x through both decoders',
    { timeout: 300_000 },
    async (_, scale, offset) => {
      const engine = await createInProcessEngine();
      const [lua, latent] = [released('flux2-lua'), latentOf(4, 4, scale, offset)];
      const larger = await engine.upscale(lua, latent, 2, 'lua');
      const largest = await engine.upscale(lua, latent, 4, 'lua');
      for (const decoder of [released('flux2-decoder'), released('flux2-decoder-fine')]) {
        for (const each of [latent, larger, largest]) {
          const { data } = await engine.decode(decoder, each);
          // Before clamping to [0, 1]; what is not finite fails as well.
          expect(data.every((value) => Math.abs(value) < 8)).toBe(true);
        }
      }
    },
  );
});

describe('a picture longer than any canvas', () => {
  it('is refused with its size and the limit before anything is computed', () => {
    expect(() => requireDrawable({ height: 1, width: 4096 }, 8, 4)).toThrow(
      'would have 131072 x 32 pixels, and browsers draw at most 32767 a side',
    );
    expect(() => requireDrawable({ height: 1, width: 2000 }, 8, 4), 'the largest scale that fits').toThrow(
      /a side\. Choose 2x, or a latent of fewer cells\.$/,
    );
    expect(() => requireDrawable({ height: 4096, width: 1 }, 8, 1), 'no smaller scale is left').toThrow(
      /8 x 32768 pixels.* a side\. Open a latent of at most 4095 cells a side\.$/,
    );
    expect(() => requireDrawable({ height: 1, width: 4095 }, 8, 1)).not.toThrow();
    expect(() => requireDrawable({ height: 256, width: 256 }, 8, 4)).not.toThrow();
  });
});
