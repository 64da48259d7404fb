import { isAbort } from '../../core/errors.ts';
import { createModelsController } from '../models/models-controller.ts';
import { sentenceOf } from '../show/messages.ts';
import type { ControllerDeps, StartRequest } from './controller-deps.ts';
import type { ControllerParts } from './controller-parts.ts';
import { createEngineQueue } from './engine-queue.ts';
import { itemCommands } from './item-commands.ts';
import { createItemOpener } from './item-opener.ts';
import { createPins } from './pin-pictures.ts';
import { start } from './start.ts';
import { workCommands } from './work-commands.ts';

export type Controller = ReturnType<typeof createController>;

/** Turns what a person wants into calls of the engine, and what comes of them into actions. */
export function createController(deps: ControllerDeps) {
  const { client, store, platform } = deps;
  const say = (tone: 'error' | 'info', text: string): void =>
    store.dispatch({ type: 'notice-changed', notice: { tone, text } });
  function notify(error: unknown): void {
    if (!isAbort(error)) say('error', sentenceOf(error));
  }
  function reconsider(): void {
    queue.reconsider();
    models.suggest().catch(() => {});
  }

  const queue = createEngineQueue({ client, store, platform });
  const models = createModelsController({
    client,
    store,
    ask: platform.ask,
    storage: deps.choiceStorage,
    keepStorage: deps.keepStorage,
    onChanged: reconsider,
  });
  const opener = createItemOpener({
    store,
    platform,
    notify,
    onOpened: reconsider,
    ...(deps.onOwnFile && { onOwnFile: deps.onOwnFile }),
    onWeights: (file, name, address) =>
      void (address === null ? models.addFile(file, name) : models.offer(file, name, address)),
  });
  const parts: ControllerParts = { ...deps, queue, opener, models, notify, reconsider };

  return {
    /** The person's own weights. */
    models,
    /** Pictures that stay on the stage for comparison. */
    pins: createPins({ store, platform }),
    /** Asks the device, lists models and demos, and opens the first picture. */
    start: (request: StartRequest): Promise<void> => start(parts, request),
    ...itemCommands(parts),
    ...workCommands(parts),
    say,
    dismissNotice: (): void => store.dispatch({ type: 'notice-changed', notice: null }),
    notify,
  };
}
