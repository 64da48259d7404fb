import type { PaneKey } from '../state/panes.ts';
import type { Pin } from '../state/state.ts';
import type { PinsDeps } from './keep-picture.ts';

/** Keeps finished pictures on the stage for comparison: two files, two LUAs, two decoders. */
export function createPins(deps: PinsDeps) {
  const { store } = deps;
  function close({ image }: Pin): void {
    if ('close' in image.bitmap) image.bitmap.close();
  }

  function unpin(key: string): void {
    const pin = store.get().pins.find((candidate) => candidate.key === key);
    if (pin === undefined) return;
    store.dispatch({ type: 'pin-removed', key: pin.key });
    close(pin);
  }

  return {
    unpin,

    /** Keeps the picture `key` of the current item; its script comes with the first. */
    async pin(key: PaneKey): Promise<void> {
      const { keepPicture } = await import('./keep-picture.ts');
      await keepPicture(key, deps, unpin);
    },
  };
}
