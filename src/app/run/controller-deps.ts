import type { EngineClient } from '../../client/engine-client.ts';
import type { Grade, ModelEntry } from '../../contract/model-manifest.ts';
import type { Override } from '../../core/latent/reading.ts';
import type { ChoiceStorage } from '../models/model-choices.ts';
import type { Action } from '../state/actions.ts';
import type { AppState } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import type { Demo } from './demos.ts';
import type { Platform } from './platform.ts';

export interface ControllerDeps {
  readonly client: EngineClient;
  readonly store: Store<AppState, Action>;
  readonly platform: Platform;
  readonly listModels: () => Promise<readonly ModelEntry[]>;
  readonly listDemos: () => Promise<readonly Demo[]>;
  readonly choiceStorage: ChoiceStorage;
  /** Asks the browser not to throw weights away when the disk gets full. */
  readonly keepStorage: () => Promise<unknown>;
  /** The engine is not called before this; previews do not wait for it. */
  readonly isEngineAllowed?: Promise<void>;
  /** Told at the start, when the lists and the first file have come: nothing is on its way then. */
  readonly onQuiet?: () => void;
  /** Told of a person's own file and the item that was made of it. */
  readonly onOwnFile?: (id: number, file: File) => void;
}

/** What to open at the start: the address names a latent or a demo, else the first demo runs by itself. */
export interface StartRequest {
  readonly latentUrl: string | null;
  readonly demoId: string | null;
  readonly override: Override;
  /** Which of two built-in decoders the address asks for; what was chosen last time without. */
  readonly grade?: Grade | null;
  /** Opens what the person had open last time; true where that is on the stage. Not asked where the address names something. */
  readonly restore?: () => Promise<boolean>;
}
