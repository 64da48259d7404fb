import { transfer, wrap } from 'comlink';
import type { PictureTools } from '../contract/picture-tools.ts';

/** Picture arithmetic in a worker, which starts with the first call. Unlike there, bitmaps stay the caller's. */
export function createPictureClient(): PictureTools {
  let tools: ReturnType<typeof wrap<PictureTools>> | null = null;
  const start = () => {
    tools ??= wrap<PictureTools>(
      new Worker(new URL('../../workers/picture.worker.ts', import.meta.url), { type: 'module' }),
    );
    return tools;
  };
  return {
    async compare(picture, reference) {
      const [a, b] = await Promise.all([createImageBitmap(picture), createImageBitmap(reference)]);
      return start().compare(transfer(a, [a]), transfer(b, [b]));
    },
    async reduce(picture, width, height) {
      const copy = await createImageBitmap(picture);
      return start().reduce(transfer(copy, [copy]), width, height);
    },
  };
}
