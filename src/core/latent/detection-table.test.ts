import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readNpy } from '../container/npy.ts';
import type { FileTensor } from '../container/tensor.ts';
import { toFloat32 } from '../container/to-float32.ts';
import { AppError } from '../errors.ts';
import type { Family } from '../families/family.ts';
import { FAMILIES, type FamilyId } from '../families/index.ts';
import type { Axes } from './axes.ts';
import { interpret } from './interpret.ts';
import type { Latent, LatentSpace } from './latent.ts';
import { readLatentFile } from './read-latent-file.ts';
import type { Reading } from './reading.ts';
import { toSpace } from './to-space.ts';
import { comfyFormat, type LatentFormat, latentTensor, writeLatent } from './write-latent.ts';

/** A real picture's cells (FLUX.2, model space), whose channels stand for any family's. */
const base = readNpy(new Uint8Array(readFileSync(new URL('fixtures/base.npy', import.meta.url)))).tensors.get(
  '',
) as FileTensor;
const [CHANNELS, HEIGHT, WIDTH] = base.shape as [number, number, number];
const cells = toFloat32(base);

const SIZES = [
  [4, 4],
  [8, 8],
  [16, 16],
  [12, 16],
] as const;

/** A crop of the real picture, each channel at zero mean and unit variance over the whole; past 32 channels, turned by 180 degrees. */
function latentOf({ id, channels }: Family<FamilyId>, height: number, width: number): Latent {
  const data = new Float32Array(channels * height * width);
  const area = HEIGHT * WIDTH;
  for (let c = 0; c < channels; c++) {
    const plane = cells.subarray((c % CHANNELS) * area, ((c % CHANNELS) + 1) * area);
    const mean = plane.reduce((sum, value) => sum + value, 0) / area;
    const std = Math.sqrt(plane.reduce((sum, value) => sum + (value - mean) ** 2, 0) / area);
    for (let i = 0; i < height * width; i++) {
      const [y, x] = [Math.floor(i / width), i % width];
      const at = y * WIDTH + x;
      const from = Math.floor(c / CHANNELS) % 2 === 0 ? at : area - 1 - at;
      data[c * height * width + i] = ((plane[from] as number) - mean) / std;
    }
  }
  return { data, channels, height, width, family: id, space: 'model' };
}

const PLANES: readonly Axes[] = ['chw', 'bchw', 'hwc', 'bhwc'];
const FRAMES: readonly Axes[] = ['cthw', 'bcthw'];
const TOKENS: readonly Axes[] = ['nc', 'bnc'];
const PATCHES: readonly Axes[] = ['chw', 'bchw'];

interface Convention {
  readonly axes: Axes;
  readonly isPatched: boolean;
}

/** How programs lay out latents of a family: with frames where it has them, packed where it is packed. */
const conventionsOf = ({ packing, hasVideo, isVideoOnly }: Family): readonly Convention[] => [
  ...(isVideoOnly === true ? [] : PLANES).map((axes) => ({ axes, isPatched: false })),
  ...(hasVideo ? FRAMES.map((axes) => ({ axes, isPatched: false })) : []),
  ...(packing === null ? [] : TOKENS.map((axes) => ({ axes, isPatched: true }))),
  ...(packing === 'tokens-or-planes' ? PATCHES.map((axes) => ({ axes, isPatched: true })) : []),
];

const CONTAINERS = ['npy', 'torch', 'npz', 'safetensors', 'ours', 'comfy', 'named'] as const;
type Container = (typeof CONTAINERS)[number];

/** The latent as a container's reader hands it on; `ours` says family and space, `named` is a .npy whose name says the family. */
function readAs(container: Container, latent: Latent, format: LatentFormat, family: Family<FamilyId>) {
  if (container === 'ours' || container === 'comfy') {
    const { bytes, fileName } = writeLatent(latent, {
      ...format,
      container: container === 'ours' ? 'safetensors' : 'comfy',
    });
    return readLatentFile(bytes, { fileName });
  }
  if (container === 'npy' || container === 'named') {
    const { bytes } = writeLatent(latent, { ...format, container: 'npy' });
    return readLatentFile(bytes, { fileName: container === 'npy' ? 'latent.npy' : `${family.title}.npy` });
  }
  // What the readers of these give is the same but for the tensor's name (container/golden.test.ts).
  const name = { torch: '', npz: 'arr_0', safetensors: 'latent' }[container];
  const tensor = { ...latentTensor(latent, format), name };
  return interpret({ container, tensors: new Map([[name, tensor]]), metadata: {} });
}

/** `refused`: in a sentence, which asks for another form. */
type Outcome = 'right' | 'doubted' | 'refused' | 'likely but wrong' | 'certain and wrong';

function outcomeOf(reading: Reading, found: Latent, wanted: Latent, axes: Axes): Outcome {
  const isPlaced =
    found.height === wanted.height &&
    found.width === wanted.width &&
    found.data.length === wanted.data.length &&
    found.data.every((value, i) => Math.abs(value - (wanted.data[i] as number)) < 0.05);
  const isPair = reading.family === wanted.family && reading.space === wanted.space;
  if (isPlaced && isPair) return 'right';
  const pairs = [{ family: reading.family, space: reading.space }, ...reading.alternatives];
  const isPairOffered = pairs.some(({ family, space }) => family === wanted.family && space === wanted.space);
  const { layout, otherAxes, widths } = reading;
  // Channels are another family's, and axes another order's, until the right ones are chosen.
  const isOffered =
    layout.axes === axes ? isPairOffered || widths.length > 1 : otherAxes.includes(axes) || widths.length > 1;
  if (reading.confidence === 'guess' && isOffered) return 'doubted';
  return reading.confidence === 'certain' ? 'certain and wrong' : 'likely but wrong';
}

function judge(
  read: () => { readonly reading: Reading; readonly latent: Latent },
  wanted: Latent,
  axes: Axes,
): { readonly outcome: Outcome; readonly told: string } {
  try {
    const { reading, latent } = read();
    const told = `${reading.layout.axes} ${reading.confidence} ${reading.reason}`;
    return { outcome: outcomeOf(reading, latent, wanted, axes), told };
  } catch (error) {
    if (error instanceof AppError) return { outcome: 'refused', told: error.message };
    throw error;
  }
}

interface Cell {
  readonly family: FamilyId;
  readonly container: Container;
  readonly outcome: Outcome;
  readonly told: string;
}

function cellsOf(family: Family<FamilyId>): readonly Cell[] {
  const spaces: readonly LatentSpace[] = ['model', 'raw'];
  return SIZES.flatMap(([height, width]) =>
    spaces.flatMap((space) => {
      const wanted = toSpace(latentOf(family, height, width), space);
      return CONTAINERS.flatMap((container) => {
        const own = comfyFormat(wanted);
        if (container === 'comfy' && own.space !== space) return [];
        const conventions = container === 'comfy' ? [own] : conventionsOf(family);
        return conventions.map(({ axes, isPatched }): Cell => {
          const format: LatentFormat = { ...own, dtype: 'F32', space, axes, isPatched, tensor: 'latent' };
          const { outcome, told } = judge(() => readAs(container, wanted, format, family), wanted, axes);
          const form = `${family.id} ${space} ${axes}${isPatched ? ' patched' : ''} ${height}x${width}`;
          return { family: family.id, container, outcome, told: `${form} as ${container}: ${told}` };
        });
      });
    }),
  );
}

describe('the detection table over all families, conventions and containers', () => {
  const families: readonly Family<FamilyId>[] = FAMILIES;
  const table = families.flatMap(cellsOf);

  it('is right, or says its doubt and offers what is right', () => {
    const lines = families.map(({ id }) => {
      const counts = CONTAINERS.map((container) => {
        const row = table.filter((cell) => cell.family === id && cell.container === container);
        const of = (outcome: Outcome): number => row.filter((cell) => cell.outcome === outcome).length;
        const wrong = of('likely but wrong') + of('certain and wrong');
        return `${of('right')}+${of('doubted')}+${of('refused')}${wrong > 0 ? `!${wrong}` : ''}`.padStart(15);
      });
      return id.padEnd(16) + counts.join('');
    });
    console.log(
      [
        'right+doubted+refused',
        'family'.padEnd(16) + CONTAINERS.map((c) => c.padStart(15)).join(''),
        ...lines,
      ].join('\n'),
    );
    const wrong = table.filter(({ outcome }) => /wrong/.test(outcome));
    expect(wrong.map(({ outcome, told }) => `${outcome}: ${told}`)).toEqual([]);
  });
});
