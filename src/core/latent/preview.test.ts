import { describe, expect, it } from 'vitest';
import { FAMILIES, familyById } from '../families/index.ts';
import { sdxl } from '../families/sdxl.ts';
import type { FamilyId, Latent } from './latent.ts';
import { previewLatent } from './preview.ts';
import { toSpace } from './to-space.ts';

function filled(family: FamilyId, height: number, width: number, value: (i: number) => number): Latent {
  const { channels } = familyById(family);
  const data = Float32Array.from({ length: channels * height * width }, (_, i) => value(i));
  return { data, channels, height, width, family, space: 'model' };
}

describe('previewLatent', () => {
  it('is latent times factors plus bias, shown as (rgb + 1) / 2', async () => {
    const latent = filled('sdxl', 2, 3, (i) => Math.cos(i));
    const preview = await previewLatent(latent);
    const { factors, bias } = sdxl.preview;
    for (let cell = 0; cell < 6; cell++) {
      for (let j = 0; j < 3; j++) {
        const rgb = factors.reduce(
          (sum, row, c) => sum + (latent.data[c * 6 + cell] as number) * (row[j] as number),
          bias[j] as number,
        );
        expect(
          Math.abs(
            (preview?.data[4 * cell + j] as number) - Math.min(255, Math.max(0, ((rgb + 1) / 2) * 255)),
          ),
        ).toBeLessThan(0.51);
      }
      expect(preview?.data[4 * cell + 3]).toBe(255);
    }
  });

  it('shows a latent alike from raw and from model space', async () => {
    for (const { id, preview } of FAMILIES) {
      if (preview === null) continue;
      const latent = filled(id, 4, 4, (i) => Math.sin(i * 1.7));
      const [a, b] = [await previewLatent(latent), await previewLatent(toSpace(latent, 'raw'))];
      a?.data.forEach((value, i) => {
        expect(Math.abs(value - (b?.data[i] as number))).toBeLessThanOrEqual(1);
      });
    }
  });

  it('has factors for as many channels as the family has', async () => {
    for (const { preview, channels } of FAMILIES) {
      const table = typeof preview === 'function' ? await preview() : preview;
      if (table !== null) expect(table.factors.length).toBe(channels);
    }
  });

  it('is null for Sana, which has no factors', async () => {
    expect(await previewLatent(filled('sana', 2, 2, () => 0))).toBeNull();
  });

  it('takes well under 100 ms for 128 x 128 cells, the drop-to-preview limit', async () => {
    const latent = filled('flux2', 128, 128, (i) => Math.sin(i));
    await previewLatent(latent);
    const times: number[] = [];
    for (let k = 0; k < 5; k += 1) {
      const begin = performance.now();
      await previewLatent(latent);
      times.push(performance.now() - begin);
    }
    expect(Math.min(...times)).toBeLessThan(25);
  });
});
