import type { PictureTools } from '../contract/picture-tools.ts';
import { loadOnce } from '../core/load-once.ts';

const loadClient = (): Promise<PictureTools> =>
  import('./picture-client.ts').then(({ createPictureClient }) => createPictureClient());

/** Picture arithmetic whose script comes with the first picture that is there to be measured, and is asked for again where it did not. */
export function createLaterPictureClient(load = loadClient): PictureTools {
  const tools = loadOnce(load);
  return {
    compare: async (...pictures) => (await tools.ask()).compare(...pictures),
    detail: async (picture) => (await tools.ask()).detail(picture),
    openTiff: async (bytes) => (await tools.ask()).openTiff(bytes),
    reduce: async (...how) => (await tools.ask()).reduce(...how),
  };
}
