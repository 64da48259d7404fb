import { createEngineClient } from '../../../src/client/create-engine-client.ts';
import type { EngineClient } from '../../../src/client/engine-client.ts';
import type { Progress } from '../../../src/contract/call.ts';
import type { Backend, LoadReport, Scale, Timings } from '../../../src/contract/engine.ts';
import type { Method } from '../../../src/contract/methods.ts';
import type { Latent } from '../../../src/core/latent/latent.ts';

/** What a spec asks of the engine, and what it gets: plain data only, since it crosses into the test runner. */
export interface HarnessJob {
  readonly height: number;
  readonly width: number;
  readonly scale: Scale;
  readonly method: Method;
  /** Also return the picture's RGBA bytes. */
  readonly wantsPixels?: boolean;
  readonly cancelAfterTiles?: number;
}

export interface HarnessResult {
  readonly width: number;
  readonly height: number;
  readonly tiles: number;
  readonly timings: Timings;
  readonly pixels: number[];
  /** Tiles painted on the way, put together: equal to `pixels` when every tile came. */
  readonly painted: number[];
  readonly progress: readonly Omit<Progress, 'bitmap'>[];
}

export interface Harness {
  readonly client: EngineClient;
  /** Loads the models of `roles`, by default of all. */
  load(backend: Backend | 'auto', roles?: readonly (keyof typeof RELEASES.models)[]): Promise<LoadReport>;
  run(job: HarnessJob): Promise<HarnessResult>;
  latent(height: number, width: number): Latent;
}

/** Released networks, and toys of the same shapes, by what they are for. */
const RELEASES = {
  models: { decoder: 'flux2-decoder', upscaler: 'flux2-lua', encoder: 'flux2-encoder' },
  tiny: { decoder: 'tiny-decoder', upscaler: 'tiny-upscaler', encoder: 'tiny-encoder' },
} as const;

declare global {
  interface Window {
    harness: Harness;
  }
}

const { href } = location;
const { searchParams } = new URL(href);
/** What the client is told to expect. */
const expected = searchParams.get('expected') as Backend | null;
/** The folder of its networks. */
const release = searchParams.get('release') === 'tiny' ? 'tiny' : 'models';
const client = createEngineClient({
  baseUrl: new URL('./', href).href,
  modelsUrl: new URL(`./${release}/`, href).href,
  expected: expected ?? undefined,
});

/** A smooth, deterministic latent of unit size: pictures of it have no noise to hide differences in. */
function latent(height: number, width: number): Latent {
  const channels = 32;
  const data = new Float32Array(channels * height * width);
  for (let c = 0; c < channels; c += 1) {
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        data[(c * height + y) * width + x] =
          1.4 * Math.sin(0.5 * c + 0.35 * y * ((c % 3) + 1)) * Math.cos(0.3 * x + c);
      }
    }
  }
  return { data, channels, height, width, family: 'flux2', space: 'model' };
}

function contextOf(height: number, width: number): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no canvas');
  return context;
}

window.harness = {
  client,
  latent,
  load: (backend, roles = ['decoder', 'upscaler', 'encoder']) =>
    client.load({
      backend,
      precision: 'auto',
      models: Object.fromEntries(roles.map((role) => [role, RELEASES[release][role]])),
    }),
  async run({ height, width, scale, method, wantsPixels = false, cancelAfterTiles }) {
    const progress: Omit<Progress, 'bitmap'>[] = [];
    const abort = new AbortController();
    const side = 8 * scale;
    const painted = wantsPixels ? contextOf(height * side, width * side) : null;
    const result = await client.decode(
      { latent: latent(height, width), scale, method },
      {
        signal: abort.signal,
        onProgress: (step) => {
          if (step.kind === 'paint') {
            painted?.drawImage(step.bitmap, step.x, step.y);
            step.bitmap.close();
          }
          const { bitmap: _, ...plain } = { bitmap: null, ...step };
          progress.push(plain);
          if (step.kind === 'decode' && step.tile === cancelAfterTiles) abort.abort();
        },
      },
    );
    const { bitmap, timings, tiles } = result;
    let pixels: number[] = [];
    if (wantsPixels) {
      const context = contextOf(bitmap.height, bitmap.width);
      context.drawImage(bitmap, 0, 0);
      pixels = [...context.getImageData(0, 0, bitmap.width, bitmap.height).data];
    }
    const size = { width: bitmap.width, height: bitmap.height };
    bitmap.close();
    const paintedPixels =
      painted === null ? [] : [...painted.getImageData(0, 0, size.width, size.height).data];
    return { ...size, tiles, timings, pixels, painted: paintedPixels, progress };
  },
};
