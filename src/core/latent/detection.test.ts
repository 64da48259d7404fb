import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readNpy } from '../container/npy.ts';
import type { FileTensor } from '../container/tensor.ts';
import { toFloat16 } from '../container/to-float16.ts';
import { toFloat32 } from '../container/to-float32.ts';
import { interpret } from './interpret.ts';
import type { Latent } from './latent.ts';
import { layOut } from './layout.ts';
import { patchify } from './patches.ts';
import { toSpace } from './to-space.ts';

/**
 * Real FLUX.2 and Sana latents in every convention. The committed ones always run; 20 more of FLUX.2 (TAEF2 on the evaluation pictures) run where
 * training/fixtures_latent/eval_latents.py has put them into .cache/eval-latents.
 */
const committed = new URL('./fixtures/', import.meta.url);
const cache = new URL('../../../.cache/eval-latents/', import.meta.url);

function load(url: URL, family: 'flux2' | 'sana' = 'flux2'): Latent {
  const tensor = readNpy(new Uint8Array(readFileSync(url))).tensors.get('') as FileTensor;
  const [channels, height, width] = tensor.shape as [number, number, number];
  return { data: toFloat32(tensor), channels, height, width, family, space: 'model' };
}

const DTYPES = ['F32', 'F16', 'BF16'] as const;
type DTypeName = (typeof DTYPES)[number];
function tensorOf(
  { shape, data }: { shape: readonly number[]; data: Float32Array },
  dtype: DTypeName,
): FileTensor {
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  const items =
    dtype === 'F32'
      ? data
      : dtype === 'F16'
        ? toFloat16(data)
        : Uint16Array.from(bits, (b) => (b + 0x7fff + ((b >>> 16) & 1)) >>> 16);
  return {
    name: 'latent',
    dtype,
    shape,
    bytes: new Uint8Array(items.buffer, items.byteOffset, items.byteLength),
  };
}

interface Convention {
  readonly title: string;
  readonly space: 'model' | 'raw';
  readonly layOut: (latent: Latent) => { shape: readonly number[]; data: Float32Array };
}
const plain: Convention[] = (['model', 'raw'] as const).flatMap((space) =>
  (['chw', 'bchw', 'hwc', 'bhwc'] as const).map(
    (axes): Convention => ({ title: `${space} ${axes}`, space, layOut: (l) => layOut(l, axes) }),
  ),
);
const patched: Convention[] = (['model', 'raw'] as const).flatMap((space) =>
  (['nc', 'bnc', 'chw', 'bchw', 'bhwc'] as const).map(
    (axes): Convention => ({
      title: `${space} patched ${axes}`,
      space,
      layOut: (l) => layOut(patchify(l), axes),
    }),
  ),
);
/** Sana's latents are never patched. */
const conventions = { flux2: [...plain, ...patched], sana: plain } as const;

interface Verdict {
  right: number;
  doubted: number;
  wrong: string[];
}

/** Reads every convention and kind of one latent, and counts. Right: family, space and every value; doubted: said so, and offers the right pair. */
function judge(name: string, model: Latent, dtypes: readonly DTypeName[], table: Map<string, Verdict>): void {
  const both = { model, raw: toSpace(model, 'raw') };
  const family = model.family as 'flux2' | 'sana';
  for (const { title, space, layOut: write } of conventions[family]) {
    const wanted = both[space];
    for (const dtype of dtypes) {
      const tensor = tensorOf(write(wanted), dtype);
      const file = {
        container: 'safetensors',
        tensors: new Map([['latent', tensor]]),
        metadata: {},
      } as const;
      const { reading, latent } = interpret(file);
      const verdict = table.get(title) ?? { right: 0, doubted: 0, wrong: [] };
      table.set(title, verdict);
      let worst = 0;
      wanted.data.forEach((value, i) => {
        worst = Math.max(worst, Math.abs(value - (latent.data[i] as number)));
      });
      // Half a step of BF16 is a 512th of a value; Sana's raw ones pass 16.
      const largest = wanted.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const isPlaced =
        latent.height === model.height &&
        latent.width === model.width &&
        worst < Math.max(0.05, largest / 256);
      const isRight = reading.family === family && reading.space === space;
      const isOffered = reading.alternatives.some((a) => a.family === family && a.space === space);
      if (isPlaced && isRight) verdict.right++;
      else if (isPlaced && reading.confidence === 'guess' && isOffered) verdict.doubted++;
      else verdict.wrong.push(`${name} ${dtype}: ${reading.layout.axes} ${reading.reason}`);
    }
  }
}

describe('detection on real latents', () => {
  it('understands the committed latent in every convention', () => {
    const table = new Map<string, Verdict>();
    judge('base', load(new URL('base.npy', committed)), DTYPES, table);
    expect([...table].filter(([, v]) => v.wrong.length > 0)).toEqual([]);
  });

  // TAESANA's encoder on three of the demos' pictures, 512 px.
  it.each(['astronaut', 'dandelions', 'type'])(
    'understands Sana’s latent of %s, or says its doubt',
    (name) => {
      const table = new Map<string, Verdict>();
      judge(name, load(new URL(`sana-${name}.npy`, committed), 'sana'), DTYPES, table);
      expect([...table].filter(([, v]) => v.wrong.length > 0)).toEqual([]);
    },
  );

  it('understands the evaluation pictures in every convention', (context) => {
    if (!existsSync(cache)) {
      console.log(
        'skipped: .cache/eval-latents is absent; training/fixtures_latent/eval_latents.py makes it',
      );
      context.skip();
    }
    const table = new Map<string, Verdict>();
    const names = readdirSync(cache).filter((name) => name.endsWith('.npy'));
    // One kind for each picture in turn: all kinds of all pictures would take a minute and say the same.
    names.forEach((name, i) => {
      judge(name, load(new URL(name, cache)), [DTYPES[i % 3] as DTypeName], table);
    });
    console.log(
      [...table]
        .map(
          ([title, v]) =>
            `${title.padEnd(20)} right ${v.right}, doubted ${v.doubted}, wrong ${v.wrong.length}`,
        )
        .join('\n'),
    );
    expect([...table].filter(([, v]) => v.wrong.length > 0)).toEqual([]);
  });
});
