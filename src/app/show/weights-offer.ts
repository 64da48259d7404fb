import { familyById } from '../../core/families/index.ts';
import { itemsWords } from '../../words/items.ts';
import { KNOWN_WEIGHTS } from '../models/known-weights.ts';
import { chosenFor, smallestKnown } from '../models/models.ts';
import { knownRow } from '../models/models-content.ts';
import type { KnownWeights } from '../state/models-state.ts';
import { type AppState, currentItem, type Item } from '../state/state.ts';
import { formatBytes } from './figures.ts';
import { partOf } from './status.ts';

/** What would make the pictures that are missing: one file to fetch, its size and licence, or the word that none is known. */
export interface WeightsOffer {
  readonly text: string;
  /** Null where no public file is known to fit. */
  readonly fetch: { readonly address: string; readonly label: string } | null;
  /** Whose file it is. */
  readonly detail: string;
  /** The download on its way; `progress` is 0..1, or null where its size is unknown. */
  readonly transfer: { readonly id: number; readonly text: string; readonly progress: number | null } | null;
}

/** The offer for the current item, or null where it lacks nothing that could be fetched. */
export function weightsOffer(state: AppState): WeightsOffer | null {
  const item = currentItem(state);
  if (item?.latent == null || state.engine.models === null) return null;
  const { family } = item.latent;
  if (chosenFor(state, family, 'decoder') === null) return offer(state, item, 'decoder', true);
  if (chosenFor(state, family, 'upscaler') === null) return offer(state, item, 'upscaler', false);
  return null;
}

function offer(
  state: AppState,
  item: Item,
  role: 'decoder' | 'upscaler',
  isNeeded: boolean,
): WeightsOffer | null {
  if (item.latent === null) return null;
  const { shortTitle } = familyById(item.latent.family);
  const say = itemsWords();
  const seen = item.preview === null ? '' : say.roughPreview;
  const lack = isNeeded ? say.noDecoder(shortTitle) + seen : say.noUpscaler(shortTitle);
  const known = smallestKnown(KNOWN_WEIGHTS, item.latent.family, role);
  if (known === null) {
    return isNeeded
      ? {
          text: lack,
          fetch: null,
          detail: say.noneKnown,
          transfer: null,
        }
      : null;
  }
  const row = knownRow(state, known, true);
  const running = state.models.transfers.find(({ address }) => address === known.address);
  return {
    text: lack,
    fetch: { address: known.address, label: say.fetch(known.title, sizeOf(known) + licenceOf(known)) },
    detail: row.text,
    transfer:
      running === undefined
        ? null
        : {
            id: running.id,
            text: say.downloading(known.title, partOf(running.loadedBytes, running.totalBytes)),
            progress: running.totalBytes > 0 ? running.loadedBytes / running.totalBytes : null,
          },
  };
}

const sizeOf = ({ sizeBytes, isSizeExact }: KnownWeights): string =>
  sizeBytes === null
    ? itemsWords().sizeUnknown
    : isSizeExact
      ? formatBytes(sizeBytes)
      : itemsWords().about(formatBytes(sizeBytes));

const licenceOf = ({ licence }: KnownWeights): string => (licence === null ? '' : `, ${licence}`);
