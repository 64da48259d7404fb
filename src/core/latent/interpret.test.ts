import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DType, FileTensor, TensorFile } from '../container/tensor.ts';
import { AppError } from '../errors.ts';
import { FAMILIES, familyById } from '../families/index.ts';
import { interpret } from './interpret.ts';
import { guessPackedWidth, packedWidths } from './packed-width.ts';
import { readLatentFile } from './read-latent-file.ts';
import type { Override } from './reading.ts';

function tensor(name: string, shape: readonly number[], value: (i: number) => number = Math.sin): FileTensor {
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => value(i));
  return { name, dtype: 'F32', shape, bytes: new Uint8Array(data.buffer) };
}
const zeros = (shape: readonly number[], dtype: DType = 'U8'): FileTensor => ({
  name: 'latent',
  dtype,
  shape,
  bytes: new Uint8Array(shape.reduce((a, b) => a * b, 1)),
});
const fileOf = (...tensors: FileTensor[]): TensorFile => ({
  container: 'safetensors',
  tensors: new Map(tensors.map((t) => [t.name, t])),
  metadata: {},
});
function refusal(file: TensorFile, override: Override = {}, fileName = ''): AppError {
  try {
    interpret(file, { fileName }, override);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('accepted');
}
const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`./fixtures/${name}`, import.meta.url)));

describe('interpret', () => {
  it('offers every tensor that may be a latent, shows the first, and takes the chosen one', () => {
    const file = fileOf(
      tensor('step', []),
      tensor('a', [4, 8, 8]),
      tensor('b', [1, 16, 8, 12]),
      tensor('mask', [8, 8]),
    );
    const first = interpret(file).reading;
    expect(first.tensors.map((c) => c.tensor)).toEqual(['a', 'b']);
    expect(first.tensor).toBe('a');
    expect(first.warnings.join()).toContain('2 tensors');
    const second = interpret(file, {}, { tensor: 'b' });
    expect(second.reading.tensor).toBe('b');
    expect([second.latent.channels, second.latent.height, second.latent.width]).toEqual([16, 8, 12]);
    expect(second.reading.warnings.join()).not.toContain('2 tensors');
  });

  it('keeps to every correction that fits', () => {
    const family = fc.constantFrom(...FAMILIES.map(({ id }) => id));
    const space = fc.constantFrom('model' as const, 'raw' as const);
    fc.assert(
      fc.property(family, space, fc.nat(2), (id, wanted, item) => {
        const file = fileOf(tensor('x', [3, familyById(id).channels, 8, 6]));
        const { reading, latent } = interpret(file, {}, { family: id, space: wanted, item });
        expect([reading.family, reading.space, reading.layout.item]).toEqual([id, wanted, item]);
        expect([latent.family, latent.space]).toEqual([id, wanted]);
        expect(reading.confidence).toBe('certain');
        const size = familyById(id).channels * 48;
        expect(latent.data[5]).toBe(Math.fround(Math.sin(item * size + 5)));
      }),
    );
  });

  it('reads the width of packed tokens as chosen, among the widths it offers', () => {
    const bytes = fixture('flux2-packed.npy');
    const { reading } = readLatentFile(bytes);
    expect(reading.widths).toEqual(packedWidths(96));
    expect(reading.layout.packedWidth).toBe(12);
    for (const packedWidth of reading.widths) {
      const { latent } = readLatentFile(bytes, {}, { packedWidth });
      expect([latent.height, latent.width]).toEqual([2 * (96 / packedWidth), 2 * packedWidth]);
    }
  });

  it('says when no width of packed tokens stands out', () => {
    const noise = tensor('x', [1, 96, 128], (i) => Math.sin(i * i * 12.9898) * 2);
    expect(interpret(fileOf(noise)).reading.warnings.join()).toContain('sheared');
    expect(interpret(fileOf(noise), {}, { packedWidth: 8 }).reading.warnings.join()).not.toContain('sheared');
  });

  it('reads axes that it would not guess when they are asked for', () => {
    const swapped = interpret(fileOf(tensor('x', [4, 8, 12])), {}, { axes: 'cwh' }).latent;
    expect([swapped.height, swapped.width]).toEqual([12, 8]);
    expect(swapped.data[1]).toBe(Math.fround(Math.sin(12)));
    const patched = interpret(fileOf(tensor('x', [1, 64, 8, 8])), {}, { family: 'flux1' });
    expect(patched.reading.isPatched).toBe(true);
    expect([patched.latent.channels, patched.latent.height]).toEqual([16, 16]);
  });

  it('takes a hint from the name of the file only where the channels allow it', () => {
    const file = fileOf(tensor('x', [16, 8, 8]));
    expect(interpret(file, { fileName: 'qwen_latent.npy' }).reading.family).toBe('wan');
    expect(interpret(file, { fileName: 'sdxl_latent.npy' }).reading.family).not.toBe('sdxl');
  });

  it('refuses corrections that do not fit, each with its sentence', () => {
    const file = fileOf(tensor('x', [2, 4, 8, 8]));
    expect(refusal(file, { item: 2 }).message).toContain('the batch has 2');
    expect(refusal(file, { frame: 1 }).message).toContain('no frame 1');
    expect(refusal(file, { family: 'flux2' }).message).toContain('32 channels for FLUX.2');
    expect(refusal(file, { tensor: 'y' }).message).toContain('no tensor "y"');
    expect(refusal(file, { axes: 'chw' }).code).toBe('latent/shape');
    const packed = fileOf(tensor('x', [1, 96, 128]));
    expect(refusal(packed, { packedWidth: 7 }).message).toContain('do not fill rows of 7');
  });

  it('refuses what is too large, in total or for one item, without converting it', () => {
    expect(interpret(fileOf(zeros([64, 4, 64, 64]))).reading.items).toBe(64);
    expect(refusal(fileOf(zeros([65, 4, 512, 512]))).code).toBe('file/too-large');
    expect(refusal(fileOf(zeros([1, 16, 1024, 1040]))).code).toBe('file/too-large');
  });

  it('refuses masks, odd kinds and other tensors', () => {
    expect(refusal(fileOf(zeros([4, 8, 8], 'BOOL'))).code).toBe('file/unsupported');
    expect(refusal(fileOf({ ...zeros([4, 8, 8], 'F4'), bytes: new Uint8Array(128) })).code).toBe(
      'file/unsupported',
    );
    expect(refusal(fileOf(tensor('x', [7]))).code).toBe('latent/not-a-latent');
    expect(refusal(fileOf()).code).toBe('latent/not-a-latent');
    expect(refusal(fileOf(tensor('a.weight', [16, 4, 3, 3]), tensor('a.bias', [16]))).message).toMatch(
      /2 tensors of a network/,
    );
    expect(refusal(fileOf(tensor('hidden_state1', [1, 77, 768]))).message).toMatch(/text-encoder cache/);
    expect(refusal(fileOf(tensor('x', [4, 8, 8])), {}, 'photo_sdxl_te.npz').message).toMatch(
      /text-encoder cache/,
    );
  });

  it('warns of constants and of whole numbers', () => {
    expect(interpret(fileOf(tensor('x', [4, 8, 8], () => 2))).reading.warnings).toEqual([
      'All values equal 2.',
    ]);
    const whole = { ...tensor('x', [4, 8, 8]), dtype: 'I32' as const };
    expect(interpret(fileOf(whole)).reading.warnings.join()).toContain('whole numbers');
  });
});

describe('packed widths', () => {
  it('are the divisors, ascending', () => {
    expect(packedWidths(12)).toEqual([1, 2, 3, 4, 6, 12]);
    expect(packedWidths(49)).toEqual([1, 7, 49]);
  });

  it('are guessed from smooth grids of any shape up to 4:1', () => {
    for (const [h, w] of [
      [8, 8],
      [16, 24],
      [48, 12],
      [10, 40],
    ] as const) {
      const values = Float32Array.from({ length: h * w * 3 }, (_, i) => {
        const [n, c] = [Math.floor(i / 3), i % 3];
        return Math.sin(Math.floor(n / w) / 3 + c) + Math.cos((n % w) / 2 + 2 * c) * 2;
      });
      expect(guessPackedWidth(values, h * w, 3).width).toBe(w);
    }
  });

  it('fall back to the squarest grid for a prime or a constant', () => {
    expect(guessPackedWidth(new Float32Array(13 * 4), 13, 4).width).toBe(1);
    expect(guessPackedWidth(new Float32Array(36 * 4), 36, 4).width).toBe(6);
  });
});

describe('sides that are short or long', () => {
  const noise = (shape: readonly number[]) =>
    fileOf(tensor('x', [...shape], (i) => Math.sin(i * 12.9898) * 1.5));
  it.each([
    [[1, 32, 1, 1], 32, 1, 1],
    [[1, 32, 1, 300], 32, 1, 300],
    [[32, 3, 64], 32, 3, 64],
    [[1, 4, 4, 68], 4, 4, 68],
    [[4, 1, 4], 4, 1, 4],
    [[32, 8, 4096], 32, 8, 4096],
    [[1, 128, 1, 16, 24], 32, 32, 48],
    [[1, 32, 1, 16, 24], 32, 16, 24],
  ])('opens [%s], which can be read in one way only', (shape, channels, height, width) => {
    const { latent } = interpret(noise(shape));
    expect([latent.channels, latent.height, latent.width]).toEqual([channels, height, width]);
  });

  it.each([
    [[16, 4, 3, 3], /side.* below 4 .*16/],
    [[4, 16, 2, 2], /side.* below 4 .*16/],
  ])('says of [%s] that its axes cannot be told apart', (shape, says) => {
    const { message } = refusal(noise(shape));
    expect(message).toMatch(says);
    expect(message).not.toMatch(/by hand/);
  });

  it('calls channels what stands where channels stand, and offers nothing that is not there', () => {
    const frames = refusal(noise([1, 32, 3, 32, 32])).message;
    expect(frames).toMatch(/HunyuanVideo/);
    const sides = refusal(noise([1, 5, 64, 64])).message;
    expect(sides).not.toMatch(/64 channels/);
    expect(sides).not.toMatch(/by hand/);
  });
});

describe('a latent of NaN', () => {
  it('is refused by what happened to it, not called empty', () => {
    const { code, message } = refusal(fileOf(tensor('x', [4, 8, 8], () => Number.NaN)));
    expect(code).toBe('latent/empty');
    expect(message).toMatch(/^Every value is NaN.*overflowed.*\.$/);
  });

  it('opens where some values are left', () => {
    const { reading } = interpret(fileOf(tensor('x', [4, 8, 8], (i) => (i === 0 ? Number.NaN : i))));
    expect(reading.warnings.join(' ')).toMatch(/1 NaN/);
  });
});

describe('layers where a video has its frames', () => {
  const stack = (): FileTensor => tensor('latent_tensor', [1, 16, 3, 8, 12]);
  const marker = zeros([0]);
  function saved(prompt: string): TensorFile {
    const { tensors, ...rest } = fileOf(stack());
    return {
      ...rest,
      tensors: new Map([
        ...tensors,
        ['latent_format_version_0', { ...marker, name: 'latent_format_version_0' }],
      ]),
      metadata: { prompt },
    };
  }
  const node = { 1: { class_type: 'EmptyQwenImageLayeredLatentImage', inputs: { layers: 2 } } };

  it('are offered for a family that has such, and looked at one by one once chosen', () => {
    const video = interpret(fileOf(stack()), {}, { family: 'wan', space: 'model', axes: 'bcthw', frame: 2 });
    expect(video.reading.otherAxes).toContain('bclhw');
    expect(video.latent.before).toHaveLength(2);
    const layers = interpret(fileOf(stack()), {}, { family: 'wan', space: 'model', axes: 'bclhw', frame: 2 });
    expect(layers.reading).toMatchObject({ frames: 3, layout: { axes: 'bclhw', frame: 2 } });
    expect(layers.reading.otherAxes).toContain('bcthw');
    expect(layers.latent.before).toBeUndefined();
    expect(layers.latent.data).toEqual(video.latent.data);
  });

  it('are told by the node that makes them, not by a prompt that speaks of it', () => {
    const { reading } = interpret(saved(JSON.stringify(node)), {});
    expect(reading).toMatchObject({ family: 'wan', layout: { axes: 'bclhw' } });
    const talk = { 1: { class_type: 'TextEncodeQwenImageEdit', inputs: { prompt: JSON.stringify(node) } } };
    expect(interpret(saved(JSON.stringify(talk)), {}).reading.layout.axes).toBe('bcthw');
  });
});

describe('a tensor named as ComfyUI does, without its format marker', () => {
  const readingOf = (...shape: number[]) =>
    interpret(fileOf(tensor('latent_tensor', shape)), { fileName: 'it_00001.safetensors' }).reading;

  it('is of ComfyUI’s first kind where that could have written it: pictures of four channels', () => {
    expect(readingOf(1, 4, 16, 24)).toMatchObject({ family: 'sd1', space: 'model', confidence: 'certain' });
  });

  it.each([[[1, 16, 4, 40, 56]], [[1, 16, 40, 56]], [[1, 4, 3, 16, 24]]])(
    'is never taken for Stable Diffusion for certain with the shape %j',
    (shape) => {
      expect(readingOf(...shape).confidence).not.toBe('certain');
    },
  );

  it('keeps its sixteen channels before its frames', () => {
    expect(readingOf(1, 16, 4, 40, 56)).toMatchObject({ family: 'wan', layout: { axes: 'bcthw' } });
  });
});

describe('a correction that no reading knows, as a session kept by another version may hold', () => {
  it.each([
    [{ family: 'gone-since' }, /No family is called "gone-since".*flux2/],
    [{ family: 'constructor' }, /No family is called "constructor"/],
    [{ family: null }, /No family/],
    [{ space: 'latent' }, /No space is called "latent".*raw.*model/],
  ])('is refused with a sentence: %o', (override, says) => {
    const { message } = refusal(fileOf(tensor('x', [1, 16, 8, 8])), override as unknown as Override);
    expect(message).toMatch(says);
  });
});
