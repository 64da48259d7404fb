import type { EngineClient } from '../../client/engine-client.ts';
import type { WeightsSource } from '../../contract/weights-library.ts';
import { isWeightsId, type WeightsId } from '../../contract/weights-library.ts';
import { isAbort } from '../../core/errors.ts';
import { familyById } from '../../core/families/index.ts';
import type { FamilyId } from '../../core/latent/latent.ts';
import { ROLES, type Role } from '../../core/role.ts';
import type { Platform } from '../run/platform.ts';
import { weightsQuestion } from '../run/question.ts';
import { closePanes } from '../run/release-images.ts';
import { formatBytes } from '../show/figures.ts';
import { sentenceOf } from '../show/messages.ts';
import type { Action } from '../state/actions.ts';
import type { ModelChoices, Transfer } from '../state/models-state.ts';
import { type AppState, currentItem } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import { type ChoiceStorage, parseChoices } from './model-choices.ts';
import { choicesWith, chosenFor, describeAdded, forecastKey, HEAVY_BYTES, withChoice } from './models.ts';
import { panesUsing } from './panes-using.ts';

export interface ModelsControllerDeps {
  readonly client: EngineClient;
  readonly store: Store<AppState, Action>;
  readonly ask: Platform['ask'];
  readonly storage: ChoiceStorage;
  /** Asks the browser not to throw weights away when the disk gets full. */
  readonly keepStorage: () => Promise<unknown>;
  /** Called when what the engine should do may have changed. */
  readonly onChanged: () => void;
}

export type ModelsController = ReturnType<typeof createModelsController>;

/** Adds, fetches, chooses and forgets weights. Failures are sentences in the status line; nothing on the stage is lost. */
export function createModelsController(deps: ModelsControllerDeps) {
  const { client, store, ask, storage, keepStorage, onChanged } = deps;
  const running = new Map<number, AbortController>();
  let lastId = 0;

  const say = (tone: 'error' | 'info', text: string): void =>
    store.dispatch({ type: 'notice-changed', notice: { tone, text } });
  const fail = (error: unknown): void => {
    if (!isAbort(error)) say('error', sentenceOf(error));
  };

  async function refresh(): Promise<void> {
    store.dispatch({ type: 'shelf-listed', shelf: await client.listWeights() });
  }

  /** Puts new choices in force: pictures made with other weights are made again, as long as there are weights to make them. */
  function setChoices(choices: ModelChoices): void {
    const before = store.get();
    store.dispatch({ type: 'choices-changed', choices });
    storage.write(JSON.stringify(choices));
    remake(before);
  }

  function remake(before: AppState): void {
    const after = store.get();
    for (const item of after.items) {
      const family = item.latent?.family;
      if (family === undefined) continue;
      const changed = ROLES.filter((slot) => {
        const now = chosenFor(after, family, slot);
        return now !== null && now.id !== chosenFor(before, family, slot)?.id;
      });
      const keys = changed.flatMap((slot) => panesUsing(item, slot));
      if (keys.length === 0) continue;
      store.dispatch({ type: 'panes-forgotten', id: item.id, keys });
      closePanes(item, keys);
    }
    onChanged();
  }

  /** Tells beforehand what a network will need for the latent on the stage. */
  async function forecast(): Promise<void> {
    const state = store.get();
    const latent = currentItem(state)?.latent ?? null;
    if (latent === null) return;
    const { family, height, width } = latent;
    for (const slot of ROLES) {
      const chosen = chosenFor(state, family, slot);
      if (chosen === null || !isWeightsId(chosen.id) || slot === 'encoder') continue;
      const factor = slot === 'pixel-upscaler' ? familyById(family).pixelsPerCell : 1;
      const told = await client.forecastMemory({
        id: chosen.id,
        role: slot,
        height: height * factor,
        width: width * factor,
        scale: chosen.scales.at(-1) ?? null,
      });
      store.dispatch({ type: 'forecast-told', key: forecastKey(chosen.id, slot), forecast: told });
    }
  }

  /** The words after an addition, with a warning where the latent on the stage will ask for much. */
  function sayAdded(words: string, id: string): void {
    const { forecasts } = store.get().models;
    const needs = ROLES.map((slot) => forecasts[forecastKey(id, slot)]).map((told) =>
      told === undefined ? 0 : told.weightBytes + told.activationBytes,
    );
    const most = Math.max(...needs);
    const warning =
      most > HEAVY_BYTES
        ? ` The open latent would take about ${formatBytes(most)} in one piece; it is cut into tiles, and may still be slow or too much for this device.`
        : '';
    say('info', words + warning);
  }

  async function add(source: WeightsSource, name: string): Promise<void> {
    lastId += 1;
    const id = lastId;
    const abort = new AbortController();
    running.set(id, abort);
    store.dispatch({ type: 'notice-changed', notice: null });
    let transfer: Transfer = { id, name, address: source.address, loadedBytes: 0, totalBytes: 0 };
    const tell = (change: Partial<Transfer>): void => {
      transfer = { ...transfer, ...change };
      store.dispatch({ type: 'transfer-changed', transfer });
    };
    tell({});
    try {
      const added = await client.importWeights(source, {
        signal: abort.signal,
        onProgress: (progress) => {
          if (progress.kind !== 'fetch') return;
          const { file, loadedBytes, totalBytes } = progress;
          tell({ name: file, loadedBytes, totalBytes });
        },
      });
      void keepStorage().catch(() => {});
      await refresh();
      const state = store.get();
      const current = currentItem(state)?.latent?.family ?? null;
      const { choices, families } = choicesWith(state, added, current);
      setChoices(choices);
      await forecast().catch(() => {});
      sayAdded(describeAdded(added, families), added.id);
    } catch (error) {
      fail(error);
    } finally {
      running.delete(id);
      store.dispatch({ type: 'transfer-ended', id });
      await refresh().catch(fail);
    }
  }

  const nameOfAddress = (address: string): string => address.split(/[?#]/)[0]?.split('/').at(-1) || address;

  return {
    /** Reads what is kept and what was chosen; to be called before the first plan is made. */
    async start(): Promise<void> {
      store.dispatch({ type: 'choices-changed', choices: parseChoices(storage.read()) });
      await refresh().catch(fail);
    },

    addFile: (file: Blob, name: string): Promise<void> =>
      add({ kind: 'file', file, name, address: null }, name),

    /** For weights that a link or a dropped address brought: says what they are, and adds them only after a click. */
    async offer(file: Blob, name: string, address: string): Promise<void> {
      try {
        const parts = await client.describeWeights(file, name, address);
        if (await ask(weightsQuestion(parts, { name, sizeBytes: file.size, address })))
          await add({ kind: 'file', file, name, address }, name);
        else say('info', `“${name}” was not added; nothing of it is kept.`);
      } catch (error) {
        fail(error);
      }
    },

    /** Fetches an address, or goes on with a download that was interrupted. */
    addAddress: (address: string): Promise<void> => add({ kind: 'address', address }, nameOfAddress(address)),

    cancel(id: number): void {
      running.get(id)?.abort();
    },

    /** Cancels the import that the status line speaks of; false where there is none. */
    cancelShown(): boolean {
      const [shown] = store.get().models.transfers;
      if (shown !== undefined) running.get(shown.id)?.abort();
      return shown !== undefined;
    },

    async remove(what: WeightsId | { readonly address: string }): Promise<void> {
      try {
        const before = store.get();
        await client.removeWeights(what);
        await refresh();
        remake(before);
      } catch (error) {
        fail(error);
      }
    },

    async clear(): Promise<void> {
      try {
        const before = store.get();
        await client.clearWeights();
        await refresh();
        remake(before);
      } catch (error) {
        fail(error);
      }
    },

    choose(family: FamilyId, slot: Role, id: string): void {
      setChoices(withChoice(store.get().models.choices, family, slot, id));
      void forecast().catch(() => {});
    },

    /** For the panel: what is kept now, and what the latent on the stage will need. */
    async look(): Promise<void> {
      try {
        await refresh();
        await forecast();
      } catch (error) {
        fail(error);
      }
    },
  };
}
