import type { EngineClient } from '../../client/engine-client.ts';
import type { Grade } from '../../contract/model-manifest.ts';
import type { StoredWeights, WeightsId, WeightsSource } from '../../contract/weights-library.ts';
import { isAbort } from '../../core/errors.ts';
import type { FamilyId } from '../../core/latent/latent.ts';
import type { Role } from '../../core/role.ts';
import { workWords } from '../../words/work.ts';
import type { Platform } from '../run/platform.ts';
import { sentenceOf } from '../show/messages.ts';
import type { Action } from '../state/actions.ts';
import type { ModelChoices } from '../state/models-state.ts';
import { type AppState, currentItem } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import { forgetChanged } from './forget-changed.ts';
import { type ChoiceStorage, parseChoices, parseGrade } from './model-choices.ts';
import { choicesWith, lacksWeights, optionsFor, withChoice } from './models.ts';
import { createWeightsTransfers } from './weights-transfers.ts';

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

const nameOfAddress = (address: string): string => address.split(/[?#]/)[0]?.split('/').at(-1) || address;

/** What the status line says of additions and of what went wrong. */
function createSpeaker(store: Store<AppState, Action>) {
  const say = (tone: 'error' | 'info', text: string): void =>
    store.dispatch({ type: 'notice-changed', notice: { tone, text } });
  return {
    say,
    fail(error: unknown): void {
      if (!isAbort(error)) say('error', sentenceOf(error));
    },
  };
}

/** What is stored and what is chosen of it, in the state and in force. */
function createChoices({ client, store, storage, onChanged }: ModelsControllerDeps) {
  const refresh = async (): Promise<void> =>
    store.dispatch({ type: 'storage-listed', storage: await client.listWeights() });
  function remake(before: AppState): void {
    forgetChanged(store, before);
    onChanged();
  }
  return {
    refresh,
    /** What was chosen last time, but for what a link says. */
    restore(linked: Grade | null): void {
      const stored = storage.read();
      const grade = linked ?? parseGrade(stored);
      store.dispatch({ type: 'choices-changed', choices: parseChoices(stored), grade });
    },
    /** Of two built-in decoders the grade is kept: it holds for every family that has two. */
    choose(family: FamilyId, slot: Role, id: string): void {
      const state = store.get();
      const grade = optionsFor(state, family, slot).find((option) => option.id === id)?.grade;
      this.set(withChoice(state.models.choices, family, slot, grade === undefined ? id : null), grade);
    },
    /** Puts new choices in force: pictures made with other weights are made again. */
    set(choices: ModelChoices, grade: Grade | null = store.get().models.grade): void {
      const before = store.get();
      store.dispatch({ type: 'choices-changed', choices, grade });
      storage.write(JSON.stringify({ ...choices, ...(grade && { grade }) }));
      remake(before);
    },
    /** Does something to the storage that may take weights away from pictures. */
    async without(change: () => Promise<void>): Promise<void> {
      const before = store.get();
      await change();
      await refresh();
      remake(before);
    },
  };
}

/** Adds, fetches, chooses and forgets weights. Failures are sentences in the status line; nothing on the stage is lost. */
export function createModelsController(deps: ModelsControllerDeps) {
  const { client, store, ask, keepStorage } = deps;
  const { say, fail } = createSpeaker(store);
  const choices = createChoices(deps);
  const transfers = createWeightsTransfers(client, store);

  /** What weights will need of the device is told of a person's own alone. */
  const forecasts = () => import('./forecast.ts');
  const foretell = async (): Promise<void> => (await forecasts()).forecast(client, store);

  async function putToUse(added: StoredWeights): Promise<void> {
    void keepStorage().catch(() => {});
    await choices.refresh();
    const state = store.get();
    const current = currentItem(state)?.latent?.family ?? null;
    const chosen = choicesWith(state, added, current);
    choices.set(chosen.choices);
    const [{ forecast, heavyWarning }, { describeAdded }] = await Promise.all([
      forecasts(),
      import('./describe-added.ts'),
    ]);
    await forecast(client, store).catch(() => {});
    say('info', describeAdded(added, chosen.families) + heavyWarning(store.get(), added.id));
  }

  async function add(source: WeightsSource, name: string): Promise<void> {
    store.dispatch({ type: 'notice-changed', notice: null });
    await transfers.run(source, name, putToUse).catch(fail);
    await choices.refresh().catch(fail);
  }

  return {
    /** Reads what is kept and what was chosen, where a link does not say otherwise; to be called before the first plan is made. */
    async start(linked: Grade | null = null): Promise<void> {
      choices.restore(linked);
      await choices.refresh().catch(fail);
    },

    /** Lists the public files that would help, once something is open that lacks weights. */
    async suggest(): Promise<void> {
      if (store.get().models.known.length > 0 || !lacksWeights(store.get())) return;
      const { KNOWN_WEIGHTS } = await import('./known-weights.ts');
      store.dispatch({ type: 'known-listed', known: KNOWN_WEIGHTS });
    },

    addFile: (file: Blob, name: string): Promise<void> =>
      add({ kind: 'file', file, name, address: null }, name),

    /** For weights that a link or a dropped address brought: says what they are, and adds them only after a click. */
    async offer(file: Blob, name: string, address: string): Promise<void> {
      try {
        const [networks, { weightsQuestion }] = await Promise.all([
          client.describeWeights(file, name, address),
          import('../run/question.ts'),
        ]);
        if (await ask(weightsQuestion(networks, { name, sizeBytes: file.size, address }))) {
          await add({ kind: 'file', file, name, address }, name);
        } else say('info', workWords().notAdded(name));
      } catch (error) {
        fail(error);
      }
    },

    /** Fetches an address, or goes on with a download that was interrupted. */
    addAddress: (address: string): Promise<void> => add({ kind: 'address', address }, nameOfAddress(address)),

    cancel: (id: number): void => transfers.cancel(id),

    /** Cancels the import that the status line speaks of; false where there is none. */
    cancelShown(): boolean {
      const [shown] = store.get().models.transfers;
      if (shown !== undefined) transfers.cancel(shown.id);
      return shown !== undefined;
    },

    remove: (what: WeightsId | { readonly address: string }): Promise<void> =>
      choices.without(() => client.removeWeights(what)).catch(fail),

    clear: (): Promise<void> => choices.without(() => client.clearWeights()).catch(fail),

    choose(family: FamilyId, slot: Role, id: string): void {
      choices.choose(family, slot, id);
      void foretell().catch(() => {});
    },

    /** For the panel: what is kept now, and what the latent on the stage will need. */
    look: (): Promise<void> => choices.refresh().then(foretell).catch(fail),
  };
}
