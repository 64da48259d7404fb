import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../container/safetensors.ts';
import { AppError } from '../errors.ts';
import { FAMILIES, familyById } from '../families/index.ts';
import type { Latent } from './latent.ts';
import { readLatentFile } from './read-latent-file.ts';
import { toSpace } from './to-space.ts';
import { comfyFormat, formatOf, writeLatent } from './write-latent.ts';

const folder = new URL('./fixtures/', import.meta.url);
const open = (fileName: string) =>
  readLatentFile(new Uint8Array(readFileSync(new URL(fileName, folder))), { fileName });

/** What a x2 upscaler would hand back: same family and space, twice the cells. */
function doubled(latent: Latent): Latent {
  const [height, width] = [2 * latent.height, 2 * latent.width];
  const data = new Float32Array(latent.channels * height * width);
  for (let i = 0; i < data.length; i++) {
    const [c, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
    data[i] = latent.data[(c * latent.height + (y >> 1)) * latent.width + (x >> 1)] as number;
  }
  return { ...latent, data, height, width };
}

describe('writeLatent', () => {
  it.each(FAMILIES.map(({ id }) => id))(
    'states family, space and axes of %s in safetensors, and no side of its picture is taken for its channels',
    (family) => {
      const { channels } = familyById(family);
      for (const side of [4, 24, channels]) {
        const data = Float32Array.from(
          { length: channels * side * side },
          (_, i) => Math.sin(i * 78.233) * 1.5,
        );
        const latent: Latent = { data, channels, height: side, width: side, family, space: 'raw' };
        const format = {
          container: 'safetensors',
          dtype: 'F32',
          space: 'raw',
          axes: 'bchw',
          isPatched: false,
          tensor: 'latent',
          metadata: {},
        } as const;
        const { bytes, fileName } = writeLatent(latent, format);
        const { reading, latent: back } = readLatentFile(bytes, { fileName });
        const isSame = back.data.every((value, i) => value === data[i]);
        expect([
          isSame,
          reading.family,
          reading.space,
          reading.confidence,
          reading.layout.axes,
          side,
        ]).toEqual([true, family, 'raw', 'certain', 'bchw', side]);
      }
    },
  );

  const cases = [
    ['flux2-model.npy', [32, 32, 48]],
    ['flux2-klein.npy', [1, 32, 32, 48]],
    ['flux2-packed.npy', [1, 384, 128]],
    ['flux2-channels-last.npy', [32, 48, 32]],
    ['flux2-comfy.latent', [1, 128, 16, 24]],
    ['musubi-flux2.safetensors', [128, 16, 24]],
    ['musubi-qwen.safetensors', [16, 1, 32, 48]],
    ['wan-raw-video.npy', [1, 16, 1, 32, 48]],
    ['sdxl-batch.latent', [1, 4, 32, 48]],
    ['photo_0192x0128_sdxl.npz', [4, 32, 48]],
    ['onetrainer.pt', [32, 32, 48]],
    ['taesd.png', [4, 32, 48]],
  ] as const;

  it.each(cases)('writes the doubled latent of %s in the convention it came in', (name, shape) => {
    const { reading, latent } = open(name);
    const twice = doubled(latent);
    const format = formatOf(reading);
    const { bytes, fileName } = writeLatent(twice, format, 'twice');
    const decided = { family: reading.family, space: reading.space, axes: format.axes };
    const width = reading.layout.packedWidth === null ? {} : { packedWidth: 24 };
    const back = readLatentFile(bytes, { fileName }, { ...decided, ...width });
    expect(back.reading.shape).toEqual(shape);
    const tolerance = format.dtype === 'F16' ? 5e-3 : 1e-6;
    const [wanted, found] = [toSpace(twice, 'model'), toSpace(back.latent, 'model')];
    let worst = 0;
    wanted.data.forEach((value, i) => {
      worst = Math.max(worst, Math.abs(value - (found.data[i] as number)));
    });
    expect(worst).toBeLessThan(tolerance);
  });

  it('writes what ComfyUI loads: the marker, F32, raw values, FLUX.2 as 128 normalised channels', () => {
    const sdxl = open('photo_0192x0128_sdxl.npz').latent;
    const file = readSafetensors(writeLatent(toSpace(sdxl, 'model'), comfyFormat(sdxl)).bytes);
    expect(file.tensors.get('latent_format_version_0')?.shape).toEqual([0]);
    expect(file.tensors.get('latent_tensor')).toMatchObject({ dtype: 'F32', shape: [1, 4, 16, 24] });
    const raw = readLatentFile(writeLatent(sdxl, comfyFormat(sdxl)).bytes).latent;
    expect(raw.space).toBe('raw');
    const flux2 = open('flux2-klein.npy').latent;
    const written = readLatentFile(writeLatent(flux2, comfyFormat(flux2), 'a').bytes, {
      fileName: 'a.latent',
    });
    expect(written.reading).toMatchObject({ shape: [1, 128, 8, 12], space: 'model', confidence: 'certain' });
  });

  it('a file that it wrote says its own family and space', () => {
    const { latent } = open('sana-raw.npy');
    const sana: Latent = { ...latent, family: 'sana', space: 'raw' };
    const format = {
      ...comfyFormat(sana),
      container: 'safetensors',
      tensor: 'latent',
      space: 'raw',
    } as const;
    const { reading } = readLatentFile(writeLatent(sana, format).bytes);
    expect(reading).toMatchObject({ family: 'sana', space: 'raw', confidence: 'certain' });
  });

  it('refuses to pack a latent of odd size', () => {
    const { latent, reading } = open('flux2-packed.npy');
    const odd = { ...latent, data: latent.data.subarray(0, 32 * 15 * 24), height: 15 };
    expect(() => writeLatent(odd, formatOf(reading))).toThrow(AppError);
  });
});
