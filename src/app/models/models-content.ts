import type { ModelEntry } from '../../contract/model-manifest.ts';
import type { StoredWeights } from '../../contract/weights-library.ts';
import { directAddress } from '../../core/direct-address.ts';
import { FAMILIES, familyById } from '../../core/families/index.ts';
import type { FamilyId } from '../../core/latent/latent.ts';
import type { Role } from '../../core/role.ts';
import { wordsOf } from '../../words/language.ts';
import { modelsWords } from '../../words/models.ts';
import { decimal } from '../../words/numbers.ts';
import { formatBytes } from '../show/figures.ts';
import { partOf } from '../show/status.ts';
import type { KnownCost, KnownWeights } from '../state/models-state.ts';
import { type AppState, currentItem } from '../state/state.ts';
import { formatCount } from './describe-added.ts';
import { KNOWN_WEIGHTS, knownFor } from './known-weights.ts';
import { chosenFor, forecastKey, HEAVY_BYTES, optionsFor } from './models.ts';

export interface SlotRow {
  readonly slot: Role;
  readonly label: string;
  /** The chosen model's id, or '' for none. */
  readonly chosen: string;
  readonly options: readonly { readonly id: string; readonly label: string }[];
  /** What it will take for the latent on the stage, or null where nothing is known. */
  readonly note: string | null;
}

export interface KnownRow {
  readonly id: string;
  readonly title: string;
  /** Author, size, licence. */
  readonly text: string;
  /** What it is good for. */
  readonly purpose: string;
  /** What it asks for 512 px. */
  readonly cost: string;
  readonly address: string;
  readonly state: 'absent' | 'fetching' | 'stored';
}

export interface FamilyRow {
  readonly id: FamilyId;
  readonly title: string;
  readonly isCurrent: boolean;
  readonly slots: readonly SlotRow[];
  readonly known: readonly KnownRow[];
}

/** A file at hand, added or built in. */
export interface StoredRow {
  /** Null for a built-in one, which cannot be removed. */
  readonly id: StoredWeights['id'] | null;
  readonly name: string;
  readonly networks: readonly string[];
  /** "2.7 MB from raw.githubusercontent.com" */
  readonly text: string;
  readonly sha256: string;
}

export interface TransferRow {
  readonly id: number;
  readonly name: string;
  readonly text: string;
  /** 0..1, or null where the size is unknown. */
  readonly progress: number | null;
}

/** All that the models panel shows. */
export interface ModelsContent {
  readonly families: readonly FamilyRow[];
  /** That no public address was tried yet, where that is so. */
  readonly untried: string | null;
  readonly pixelSlot: SlotRow | null;
  readonly stored: readonly StoredRow[];
  readonly transfers: readonly TransferRow[];
  readonly unfinished: readonly { readonly address: string; readonly name: string; readonly text: string }[];
  readonly storage: string;
  readonly canClear: boolean;
}

/** Multiply-adds a second, in billions, that the runtime's convolutions do on one thread of a CPU (docs/performance.md). */
const CPU_RATE = 11;

function costText({ gigaMultiplyAdds, memoryBytes }: KnownCost): string {
  const seconds = gigaMultiplyAdds / CPU_RATE;
  return modelsWords().cost(decimal(seconds, seconds < 9.5 ? 1 : 0), formatBytes(memoryBytes));
}

const ORDER: readonly FamilyId[] = FAMILIES.map(({ id }) => id);

/** The panel's content; the family on the stage stands first. */
export function modelsContent(state: AppState): ModelsContent {
  const { storage, transfers } = state.models;
  const current = currentItem(state)?.latent?.family ?? null;
  const order = current === null ? ORDER : [current, ...ORDER.filter((id) => id !== current)];
  const untried = untriedNote(KNOWN_WEIGHTS);
  const pixel = slotRow(state, current ?? FAMILIES[0].id, 'pixel-upscaler');
  return {
    families: order.map((id) => ({
      id,
      title: familyById(id).title,
      isCurrent: id === current,
      slots: (['decoder', 'upscaler', 'encoder'] as const)
        .map((slot) => slotRow(state, id, slot))
        .filter(({ slot, options }) => slot !== 'encoder' || options.length > 0),
      known: knownFor(id).map((known) => knownRow(state, known, untried === null)),
    })),
    untried,
    pixelSlot: pixel.options.length === 0 ? null : pixel,
    stored: [...(storage?.weights ?? []).map(storedRow), ...(state.engine.models ?? []).map(builtInRow)],
    transfers: transfers.map(({ id, name, address, loadedBytes, totalBytes }) => ({
      id,
      name,
      text: address === null && loadedBytes === 0 ? modelsWords().looking : partOf(loadedBytes, totalBytes),
      progress: totalBytes > 0 ? loadedBytes / totalBytes : null,
    })),
    unfinished: (storage?.unfinished ?? [])
      .filter(({ address }) => !transfers.some((transfer) => isSamePlace(transfer.address, address)))
      .map(({ address, name, loadedBytes, totalBytes }) => ({
        address,
        name,
        text: modelsWords().fetched(partOf(loadedBytes, totalBytes)),
      })),
    storage: storageText(state),
    canClear: (storage?.usedBytes ?? 0) > 0,
  };
}

function slotRow(state: AppState, family: FamilyId, slot: Role): SlotRow {
  const say = modelsWords();
  const options = optionsFor(state, family, slot);
  const chosen = chosenFor(state, family, slot);
  const forecast = chosen === null ? undefined : state.models.forecasts[forecastKey(chosen.id, slot)];
  const isOnStage = currentItem(state)?.latent?.family === family;
  const bytes = forecast === undefined ? 0 : forecast.weightBytes + forecast.activationBytes;
  const warning = bytes > HEAVY_BYTES ? say.heavy : '';
  return {
    slot,
    label: say.roles[slot],
    chosen: chosen?.id ?? '',
    options: options.map(({ id, title, isBuiltIn }) => ({
      id,
      label: isBuiltIn ? say.builtIn(title) : title,
    })),
    note: forecast === undefined || !isOnStage ? null : say.memory(formatBytes(bytes)) + warning,
  };
}

/** A file has two addresses: that of the page that shows it, and its own. */
const isSamePlace = (a: string | null, b: string | null): boolean =>
  a !== null && b !== null && placeOf(a) === placeOf(b);

/** A person may have typed anything; what is no address is only like itself. */
function placeOf(address: string): string {
  try {
    return directAddress(address).url;
  } catch {
    return address;
  }
}

const isUntried = ({ seen }: KnownWeights): boolean => seen === undefined;

/** The word that no address of the list was ever reached, once for all; null where some were, and each of the others says so itself. */
export const untriedNote = (list: readonly KnownWeights[]): string | null =>
  list.every(isUntried) ? modelsWords().noneTried : null;

/** `tellsUntried`: an address that was never reached says so. */
export function knownRow(state: AppState, known: KnownWeights, tellsUntried: boolean): KnownRow {
  const { storage, transfers } = state.models;
  const say = modelsWords();
  const size =
    known.sizeBytes === null
      ? say.sizeUnknown
      : known.isSizeExact
        ? formatBytes(known.sizeBytes)
        : say.about(`${Number((known.sizeBytes / 1e6).toPrecision(3))} MB`);
  const isHere = (storage?.weights ?? []).some(({ address }) => isSamePlace(address, known.address));
  return {
    id: known.id,
    title: known.title,
    address: known.address,
    cost: costText(known.cost),
    purpose: wordsOf('purposes', known.purpose, { text: known.purpose }).text,
    text: [
      ...[known.author, size, known.licence ?? say.noLicence],
      ...(tellsUntried && isUntried(known) && !isHere ? [say.notTried] : []),
    ].join(' · '),
    state: isHere
      ? 'stored'
      : transfers.some(({ address }) => isSamePlace(address, known.address))
        ? 'fetching'
        : 'absent',
  };
}

function storedRow({ id, name, networks, sizeBytes, address, sha256 }: StoredWeights): StoredRow {
  const source = address === null ? modelsWords().ownFile : new URL(address).hostname;
  return {
    id,
    name,
    networks: networks.map(({ title, parameters }) =>
      modelsWords().parameters(title, formatCount(parameters)),
    ),
    text: modelsWords().storedFrom(formatBytes(sizeBytes), source),
    sha256,
  };
}

function builtInRow({ file, architecture, role, sizeBytes, sha256, licence }: ModelEntry): StoredRow {
  return {
    id: null,
    name: file,
    networks: [`${architecture}, ${role}`],
    text: modelsWords().builtInFile(formatBytes(sizeBytes), licence),
    sha256,
  };
}

function storageText(state: AppState): string {
  const { storage } = state.models;
  const say = modelsWords();
  if (storage === null) return say.lookingAtStored;
  const used = formatBytes(storage.usedBytes);
  if (storage.medium === 'memory') return say.usedForNow(used);
  return storage.freeBytes === null ? say.used(used) : say.usedAndFree(used, formatBytes(storage.freeBytes));
}
