import type { Override } from '../../core/latent/reading.ts';
import type { OpenedFile } from '../../core/open-file.ts';
import type { Action } from '../state/actions.ts';
import { type AppState, currentItem, type Item, type Origin, UNMADE } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import { DEFAULT_PICTURE_SETTINGS, makePreview, sourceFrom } from './open-source.ts';
import { bearableSide } from './picture-size.ts';
import type { Platform } from './platform.ts';

interface AdderDeps {
  readonly store: Store<AppState, Action>;
  readonly platform: Platform;
  readonly onOpened: () => void;
  /** Told of a file that holds a network and no latent. */
  readonly onWeights: (file: Blob, name: string, address: string | null) => void;
}

/** A file that was understood, and where it came from. */
export interface FoundFile {
  readonly opened: OpenedFile;
  readonly file: Blob;
  readonly name: string;
  readonly origin: Origin;
  readonly override: Override;
}

export type ItemAdder = ReturnType<typeof createItemAdder>;

/** Makes items of files that were understood. */
export function createItemAdder({ store, platform, onOpened, onWeights }: AdderDeps) {
  let nextId = 1;

  /** Puts an item on the list; one that is selected ends what was unfinished before it. */
  function add(parts: Omit<Item, 'id'>, isSelected: boolean): number {
    const previous = currentItem(store.get());
    const id = nextId++;
    store.dispatch({ type: 'item-opened', item: { id, ...parts }, isSelected });
    if (isSelected && previous !== null && isUnfinished(store.get(), previous.id)) {
      store.dispatch({ type: 'item-stopped', id: previous.id });
    }
    onOpened();
    return id;
  }

  /** Weights are no item: the library takes them. `origin` tells a person's own file from what an address brought. */
  function importNetwork(file: Blob, name: string, origin: Origin): void {
    onWeights(file, name, origin.kind === 'url' ? origin.url : null);
  }

  return {
    add,
    importNetwork,

    /** The id of the item that came of it, or null. `takesStage` is asked when the item is there. */
    async addFound(
      { opened, file, name, origin, override }: FoundFile,
      takesStage: () => boolean,
    ): Promise<number | null> {
      if (opened.kind === 'network') {
        importNetwork(file, name, origin);
        return null;
      }
      const { report, device } = store.get().engine;
      const longestSide = bearableSide((report ?? device)?.backend ?? null);
      const settings = { ...DEFAULT_PICTURE_SETTINGS, longestSide };
      const made = await sourceFrom(opened, file, override, platform, settings);
      const preview = made.latent === null ? null : await makePreview(made.latent, platform);
      const parts = {
        name,
        origin,
        source: made.source,
        latent: made.latent,
        preview,
        ...UNMADE,
        // What the page's own demos are is known.
        isDecided: origin.kind === 'demo',
      };
      return add(parts, takesStage());
    },
  };
}

function isUnfinished(state: AppState, id: number): boolean {
  const item = state.items.find((candidate) => candidate.id === id);
  if (item === undefined) return false;
  return state.shown.some((key) => item.panes[key]?.status !== 'done');
}
