import type { modelsContent } from '../app/models/models-content.ts';
import type { Controller } from '../app/run/controller.ts';
import { type AppState, currentItem } from '../app/state/state.ts';
import { FAMILIES } from '../core/families/index.ts';
import type { FamilyId } from '../core/latent/latent.ts';
import type { LlModels, ModelsCommand } from '../ui/elements/ll-models.ts';

export interface ModelsPanel {
  /** Opens the panel at a family; its script comes with the first call. */
  open(family: FamilyId | null): Promise<void>;
  /** Shows the state, as long as the panel is open. */
  show(state: AppState): void;
}

/** The models panel on the page `root`, and what a person does there. */
export function createModelsPanel(
  root: Document,
  controller: Controller,
  state: () => AppState,
): ModelsPanel {
  let panel: { readonly element: LlModels; readonly contentOf: typeof modelsContent } | null = null;
  const { models } = controller;

  function obey(command: ModelsCommand): void {
    if (command.kind === 'files') {
      for (const file of command.files) void models.addFile(file, file.name);
    } else if (command.kind === 'fetch') void models.addAddress(command.address);
    else if (command.kind === 'cancel') models.cancel(command.id);
    else if (command.kind === 'discard') void models.remove({ address: command.address });
    else if (command.kind === 'remove') void models.remove(command.id);
    else if (command.kind === 'clear') void models.clear();
    else {
      const family = command.family ?? currentItem(state())?.latent?.family ?? FAMILIES[0].id;
      models.choose(family, command.slot, command.id);
    }
  }

  async function make(): Promise<NonNullable<typeof panel>> {
    const [{ modelsContent }] = await Promise.all([
      import('../app/models/models-content.ts'),
      import('../ui/elements/ll-models.ts'),
    ]);
    const made = root.createElement('ll-models');
    made.addEventListener('ll-models-command', (event) => obey((event as CustomEvent<ModelsCommand>).detail));
    root.body.append(made);
    return { element: made, contentOf: modelsContent };
  }

  function show(now: AppState): void {
    if (panel === null || !panel.element.isOpen) return;
    panel.element.content = panel.contentOf(now);
    panel.element.notice = now.notice;
  }

  return {
    show,
    async open(family) {
      panel ??= await make();
      panel.element.family = family;
      panel.element.isOpen = true;
      show(state());
      await models.look();
    },
  };
}
