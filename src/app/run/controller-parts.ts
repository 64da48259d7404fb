import type { ModelsController } from '../models/models-controller.ts';
import type { ControllerDeps } from './controller-deps.ts';
import type { EngineQueue } from './engine-queue.ts';
import type { ItemOpener } from './item-opener.ts';

/** What the controller's commands work with. */
export interface ControllerParts extends ControllerDeps {
  readonly queue: EngineQueue;
  readonly opener: ItemOpener;
  readonly models: ModelsController;
  /** Says what went wrong in the status line; a cancel is nothing to say. */
  readonly notify: (error: unknown) => void;
  /** To be called when what is wanted may have changed. */
  readonly reconsider: () => void;
}
