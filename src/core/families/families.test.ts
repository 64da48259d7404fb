import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { familyOfName } from '../latent/family-of-name.ts';
import type { Latent } from '../latent/latent.ts';
import { previewLatent } from '../latent/preview.ts';
import { readLatentFile } from '../latent/read-latent-file.ts';
import { toSpace } from '../latent/to-space.ts';
import { comfyFormat, type LatentFormat, writeLatent } from '../latent/write-latent.ts';
import { FAMILIES, type FamilyId, familiesOf, familyById } from './index.ts';

const rows = JSON.parse(
  readFileSync(new URL('../latent/fixtures/expected.json', import.meta.url), 'utf8'),
) as Record<string, { readonly family?: string; readonly space?: string }>;

/** Smooth planes of about unit variance, each channel of its own, as a picture's are. */
function waves(id: FamilyId): Latent {
  const { channels } = familyById(id);
  const [height, width] = [12, 16];
  const data = Float32Array.from({ length: channels * height * width }, (_, i) => {
    const [c, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
    return 1.3 * Math.sin(0.35 * y + c) * Math.cos(0.3 * x - 2 * c);
  });
  return { data, channels, height, width, family: id, space: 'model' };
}

const worst = (a: Latent, b: Latent): number =>
  a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - (b.data[i] as number))), 0);

describe.each(FAMILIES.map(({ id, title }) => ({ id, title })))('the family $title', ({ id }) => {
  const family = familyById(id);
  const latent = waves(id);

  it('has a golden file, written by another program', () => {
    expect(Object.values(rows).some((row) => row.family === id)).toBe(true);
  });

  it('has a preview with a row of factors for each channel, or says that it has none', async () => {
    const preview = await previewLatent(latent);
    if (family.preview === null) {
      expect(preview).toBeNull();
      return;
    }
    const table = typeof family.preview === 'function' ? await family.preview() : family.preview;
    expect(table.factors.length).toBe(family.channels);
    expect([preview?.width, preview?.height]).toEqual([16, 12]);
    expect(new Set(preview?.data).size).toBeGreaterThan(8);
  });

  it("comes back from ComfyUI's file in the same space, with nothing to correct but a family of like channels", () => {
    const format = comfyFormat(latent);
    const { bytes, fileName } = writeLatent(latent, format);
    const back = readLatentFile(bytes, { fileName }, { family: id });
    expect(back.latent).toMatchObject({ family: id, space: family.comfy.space, channels: family.channels });
    expect(back.reading.producer).toBe('ComfyUI .latent');
    expect(worst(toSpace(back.latent, 'model'), latent)).toBeLessThan(1e-5);
    const unhinted = readLatentFile(bytes, { fileName }).reading;
    expect([unhinted.family, ...unhinted.alternatives.map((pair) => pair.family)]).toContain(id);
  });

  it.each(['npy', 'safetensors'] as const)('comes back from %s in either space', (container) => {
    for (const space of ['model', 'raw'] as const) {
      const wanted: LatentFormat = {
        ...comfyFormat(latent),
        container,
        dtype: 'F32',
        space,
        axes: 'bchw',
        isPatched: false,
        tensor: 'latent',
      };
      const { bytes, fileName } = writeLatent(latent, wanted);
      const decided = container === 'npy' ? { family: id, space } : {};
      const back = readLatentFile(bytes, { fileName }, decided).latent;
      expect([back.family, back.space]).toEqual([id, space]);
      expect(worst(toSpace(back, 'model'), latent)).toBeLessThan(1e-5);
    }
  });

  it('is known by its own title, and listed under its channels', () => {
    expect(familyOfName(family.title)).toBe(id);
    expect(familiesOf(family.channels)).toContain(family);
  });
});

describe('the list of families', () => {
  it('names each once', () => {
    for (const key of ['id', 'title', 'shortTitle'] as const) {
      expect(new Set(FAMILIES.map((family) => family[key])).size).toBe(FAMILIES.length);
    }
  });
});
