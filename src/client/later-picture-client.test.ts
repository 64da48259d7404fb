import { expect, it } from 'vitest';
import type { PictureTools } from '../contract/picture-tools.ts';
import { createLaterPictureClient } from './later-picture-client.ts';

const picture = { width: 8, height: 8 } as ImageBitmap;

it('the script that measures pictures comes with the first of them, once, and is asked for again where it was lost', async () => {
  const tools: PictureTools = {
    compare: async () => ({ psnr: 30, ssim: 0.9 }),
    detail: async () => 0.5,
    openTiff: async () => picture,
    reduce: async (_, width) => ({ ...picture, width }),
  };
  let loads = 0;
  const client = createLaterPictureClient(async () => {
    loads += 1;
    if (loads === 1) throw new TypeError('Failed to fetch dynamically imported module');
    return tools;
  });
  expect(loads).toBe(0);
  await expect(client.detail(picture)).rejects.toThrow(/dynamically imported/);
  expect(await client.detail(picture)).toBe(0.5);
  expect(await client.compare(picture, picture)).toEqual({ psnr: 30, ssim: 0.9 });
  expect(await client.openTiff(new ArrayBuffer(4))).toBe(picture);
  expect(await client.reduce(picture, 4, 4)).toMatchObject({ width: 4 });
  expect(loads).toBe(2);
});
