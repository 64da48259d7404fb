import { describe, expect, it } from 'vitest';
import type { Latent } from '../src/core/latent/latent.ts';
import type { Planes } from '../src/core/pixels.ts';
import { resample } from '../src/core/resample.ts';
import type { InProcessEngine } from '../workers/in-process.ts';
import type { Model } from '../workers/pipeline/model.ts';
import { meanOf, measurePicture } from './measure-picture.ts';

/** An autoencoder that loses nothing: its latent is the picture. */
const asLatent = (planes: Planes): Latent => ({ ...planes, family: 'flux2', space: 'model' });
const perfect: InProcessEngine = {
  convert: async (_, latent, family) => ({ ...latent, family }),
  encode: async (_, picture) => asLatent(picture),
  decode: async (_, { data, channels, height, width }) => ({ data, channels, height, width }),
  upscale: async (_, latent, scale) =>
    asLatent(resample(latent, { height: latent.height * scale, width: latent.width * scale }, 'bicubic')),
};
const model = { description: { pixelRange: 'unit' } } as unknown as Model;
const models = { encoder: model, decoder: model, upscaler: model };

const picture = (height: number, width: number): Planes => ({
  data: Float32Array.from(
    { length: 3 * height * width },
    (_, i) => 0.5 + 0.4 * Math.sin(i * 0.21) * Math.cos(i * 0.013),
  ),
  channels: 3,
  height,
  width,
});

describe('measurePicture', () => {
  it('finds nothing lost where nothing is, and all enlargements alike where they are', async () => {
    const ways = await measurePicture(perfect, models, picture(128, 256));
    expect(ways.oracle).toEqual({
      psnr: Number.POSITIVE_INFINITY,
      ssim: expect.closeTo(1, 9),
      msSsim: expect.closeTo(1, 9),
      gmsd: 0,
      grid: expect.any(Number),
      sharpness: 1,
      drift: 0,
      tint: 0,
    });
    expect(ways.pixel2.psnr).toBeCloseTo(ways.latent2.psnr, 4);
    expect(ways.lua4.psnr).toBeCloseTo(ways.pixel4.psnr, 4);
    expect(ways.pixel4.psnr).toBeLessThan(ways.pixel2.psnr);
    expect(ways.pixel2.sharpness).toBeLessThan(1);
  });

  it('crops to whole multiples of 128', async () => {
    const seen: number[][] = [];
    const watching: InProcessEngine = {
      ...perfect,
      encode: async (_, { data, channels, height, width }) => {
        seen.push([height, width]);
        return asLatent({ data, channels, height, width });
      },
    };
    await measurePicture(watching, models, picture(140, 300));
    expect(seen).toEqual([
      [128, 256],
      [64, 128],
      [32, 64],
    ]);
  });

  it('sees a tint in units of 1/255', async () => {
    const tinted: InProcessEngine = {
      ...perfect,
      upscale: async (...call) => {
        const latent = await perfect.upscale(...call);
        return { ...latent, data: latent.data.map((v, i) => (i < latent.data.length / 3 ? v + 3 / 255 : v)) };
      },
    };
    const { lua2, pixel2 } = await measurePicture(tinted, models, picture(128, 128));
    expect(lua2.tint).toBeGreaterThan(2.8);
    expect(lua2.drift).toBeGreaterThan(0.8);
    expect(pixel2.tint).toBeLessThan(0.5);
  });

  it('measures LUA and the enlarged picture through a second decoder as well, each against its own 1x decode', async () => {
    const darker = { description: { pixelRange: 'unit' }, isDarker: true } as unknown as Model;
    const engine: InProcessEngine = {
      ...perfect,
      decode: async (decoder, { data, channels, height, width }) => ({
        data: decoder === darker ? data.map((v) => v * 0.9) : data,
        channels,
        height,
        width,
      }),
    };
    const ways = await measurePicture(engine, { ...models, decoder2: darker }, picture(128, 128));
    expect(ways.oracleT?.psnr).toBeLessThan(ways.oracle.psnr);
    expect(ways.lua2T?.tint).toBeLessThan(0.5);
    expect(ways.pixel4T?.psnr).toBeLessThan(ways.pixel4.psnr);
    expect(meanOf([ways, ways]).lua2T?.psnr).toBeCloseTo(ways.lua2T?.psnr ?? 0, 9);
    expect(meanOf([await measurePicture(engine, models, picture(128, 128))]).lua2T).toBeUndefined();
  });

  it('averages figure by figure', async () => {
    const a = await measurePicture(perfect, models, picture(128, 128));
    const b = await measurePicture(perfect, models, picture(128, 256));
    expect(meanOf([a, b]).pixel2.ssim).toBeCloseTo((a.pixel2.ssim + b.pixel2.ssim) / 2, 12);
  });
});
