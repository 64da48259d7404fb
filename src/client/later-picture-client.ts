import type { PictureTools } from '../contract/picture-tools.ts';

const loadClient = (): Promise<PictureTools> =>
  import('./picture-client.ts').then(({ createPictureClient }) => createPictureClient());

/** Picture arithmetic whose script comes with the first picture that is there to be measured, and is asked for again where it did not. */
export function createLaterPictureClient(load = loadClient): PictureTools {
  let loading: Promise<PictureTools> | null = null;
  function tools(): Promise<PictureTools> {
    loading ??= load();
    loading.catch(() => {
      loading = null;
    });
    return loading;
  }
  return {
    compare: async (...pictures) => (await tools()).compare(...pictures),
    detail: async (picture) => (await tools()).detail(picture),
    openTiff: async (bytes) => (await tools()).openTiff(bytes),
    reduce: async (...how) => (await tools()).reduce(...how),
  };
}
