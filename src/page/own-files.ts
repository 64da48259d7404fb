import type { Controller } from '../app/run/controller.ts';
import type { Platform } from '../app/run/platform.ts';
import type { Action } from '../app/state/actions.ts';
import type { AppState } from '../app/state/state.ts';
import type { Store } from '../app/state/store.ts';
import { keeping } from '../browser/keeping.ts';
import type { FileSession } from './file-session.ts';
import type { createFilesDialog } from './files-dialog.ts';
import type { createItemPanels } from './item-panels.ts';
import type { ModelsPanel } from './models-panel.ts';

export interface OwnFilesDeps {
  readonly store: Store<AppState, Action>;
  readonly controller: () => Controller;
  readonly platform: Platform;
  readonly models: () => ModelsPanel;
  /** Where strip and bar go. */
  readonly place: HTMLElement;
  /** The facts on the current file. */
  readonly facts: HTMLElement;
  readonly pickFiles: () => void;
  readonly redraw: () => void;
  /** In somebody else's page nothing is kept and nothing brought back. */
  readonly isEmbedded: boolean;
}

export type OwnFiles = ReturnType<typeof createOwnFiles>;

/** What the page does with a person's own files beside opening them. Its scripts come with the first such file. */
export function createOwnFiles(deps: OwnFilesDeps) {
  const { store, place, facts, platform, redraw, pickFiles } = deps;
  let panels: ReturnType<typeof createItemPanels> | 'coming' | null = null;
  let session: Promise<FileSession> | null = null;
  let dialog: Promise<ReturnType<typeof createFilesDialog>> | null = null;

  function theSession(): Promise<FileSession> {
    session ??= import('./file-session.ts').then(({ createFileSession }) =>
      createFileSession({ store, controller: deps.controller() }),
    );
    return session;
  }

  async function openDialog(): Promise<void> {
    dialog ??= Promise.all([import('./files-dialog.ts'), theSession()]).then(([{ createFilesDialog }, own]) =>
      createFilesDialog({ controller: deps.controller(), session: own, pickFiles }),
    );
    await (await dialog).open();
  }

  async function makePanels(): Promise<void> {
    panels = 'coming';
    const { createItemPanels } = await import('./item-panels.ts');
    panels = createItemPanels({
      place,
      facts,
      platform,
      redraw,
      controller: deps.controller(),
      models: deps.models(),
      state: store.get,
      openFilesDialog: () => void openDialog(),
    });
    redraw();
  }

  return {
    openDialog: (): void => void openDialog(),

    /** Opens what may be opened of dropped folders, and says what was left out. */
    async openFolders(entries: readonly FileSystemEntry[]): Promise<void> {
      const { filesOf, openableFiles } = await import('../browser/folder-files.ts');
      const { files, note } = openableFiles(await filesOf(entries));
      await deps.controller().openFiles(files);
      if (note !== null) deps.controller().say('info', note);
    },

    onOwnFile(id: number, file: File): void {
      if (!deps.isEmbedded) void theSession().then((own) => own.note(id, file));
    },

    /** What was open last time: on the stage, or behind what a link names. */
    async restore(takesStage: boolean): Promise<boolean> {
      if (deps.isEmbedded || !keeping.isOn || keeping.open.length === 0) return false;
      return (await theSession()).restore(takesStage);
    },

    show(state: AppState): void {
      if (panels === null && state.items.some(({ origin }) => origin.kind !== 'demo')) void makePanels();
      if (panels !== null && panels !== 'coming') panels.show(state);
    },

    /** The next or previous of the person's files and the demos. */
    async step(by: number): Promise<void> {
      const [{ stepFrom, stripEntries }, { demoThumbnails }] = await Promise.all([
        import('../app/show/strip-entries.ts'),
        import('../app/show/gallery-entries.ts'),
      ]);
      const state = store.get();
      const next = stepFrom(
        stripEntries(state, () => null),
        demoThumbnails(state),
        by,
      );
      if (next === null) return;
      if (!('itemId' in next)) return deps.controller().pickDemo(next.id);
      const { chooseEntry } = await import('./item-panels.ts');
      chooseEntry(deps.controller(), next);
    },
  };
}
