import type { EngineClient } from '../../client/engine-client.ts';
import type { LoadPlan } from '../../contract/engine.ts';
import type { Action } from '../state/actions.ts';
import type { PaneKey } from '../state/panes.ts';
import type { AppState } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import type { Platform } from './platform.ts';

/** One use of the engine; one runs at a time. */
export type Task =
  | { readonly kind: 'load'; readonly itemId: number; readonly plan: LoadPlan }
  | { readonly kind: 'encode'; readonly itemId: number }
  /** Tells between doubtful readings by decoding and encoding again. */
  | { readonly kind: 'decide'; readonly itemId: number }
  | { readonly kind: 'pane'; readonly itemId: number; readonly key: PaneKey }
  /** The upscaled latent itself, for a download. */
  | { readonly kind: 'latent'; readonly itemId: number; readonly scale: 2 | 4 }
  /** A latent of another family, by an interposer. */
  | { readonly kind: 'convert'; readonly itemId: number }
  /** A picture for an export, of an item that has none. */
  | { readonly kind: 'picture'; readonly itemId: number; readonly key: PaneKey };

/** The tasks that the state itself calls for; others are asked for, and answer whoever asked. */
export type OwnTask = Exclude<Task, { kind: 'latent' | 'picture' | 'convert' }>;

/** What a task works with. */
export interface TaskContext {
  readonly client: EngineClient;
  readonly store: Store<AppState, Action>;
  readonly platform: Platform;
  readonly signal: AbortSignal;
}
