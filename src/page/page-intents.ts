import { optionsFor } from '../app/models/models.ts';
import { deviceSummary } from '../app/show/device-summary.ts';
import { hasRival } from '../app/show/rival.ts';
import type { Action } from '../app/state/actions.ts';
import type { PaneKey } from '../app/state/panes.ts';
import { type AppState, currentItem } from '../app/state/state.ts';
import type { Store } from '../app/state/store.ts';
import type { PaneAction } from '../ui/stage/pane-parts.ts';
import type { ViewChange } from '../ui/stage/views/index.ts';
import { workWords } from '../words/work.ts';
import { COMMANDS, type Command, type CommandContext, commandNamed, toolButtons } from './commands.ts';
import type { DialogKind } from './dialogs.ts';
import { acceptDrops } from './drop-target.ts';
import { listen } from './listen.ts';
import { followKeys, singleKeys } from './page-keys.ts';

export interface PageParts extends Omit<CommandContext, 'showDialog' | 'share' | 'showExport'> {
  /** The address of what is seen. */
  readonly link: () => string;
  readonly store: Store<AppState, Action>;
}

/** Opens the one dialog for what is taken out; it comes with the first call. */
function exportOpener(parts: PageParts): () => void {
  let made: Promise<ReturnType<typeof import('./export-dialog.ts').createExportDialog>> | null = null;
  return () => {
    made ??= import('./export-dialog.ts').then(({ createExportDialog }) => createExportDialog(parts));
    void made.then((dialog) => dialog.open());
  };
}

/** Connects what a person does on the page with what is done about it. */
export function connectPage(parts: PageParts): void {
  const { page, controller, exports, state, changeView } = parts;

  async function showDialog(kind: DialogKind): Promise<void> {
    const { openDialog } = await import('./dialogs.ts');
    openDialog(page.dialog, kind, {
      state: state(),
      device: deviceSummary(state()),
      commands: COMMANDS,
      hasShortcuts: singleKeys.isOn,
      onShortcuts: (isOn) => {
        singleKeys.isOn = isOn;
      },
    });
  }

  const context: CommandContext = {
    ...parts,
    showDialog: (kind) => void showDialog(kind),
    share: () => share(parts),
    showExport: exportOpener(parts),
  };
  const run = (command: Command): void => commandNamed(command).run(context);
  page.toolbar.buttons = toolButtons();
  followKeys(document, page.compare, context);
  acceptDrops(window, page.drop, {
    onFiles: (files) => void controller.openFiles(files),
    onFolders: (entries) => void parts.ownFiles.openFolders(entries),
    onUrl: (url) => void controller.openUrl(url),
  });

  listen<string>(page.demos, 'll-choose', (id) => void controller.pickDemo(id));
  listen<ViewChange>(document, 'll-view-change', changeView);
  listen<PaneKey[]>(page.toolbar, 'll-panes-change', (keys) => controller.show(keys));
  listen<string>(page.toolbar, 'll-command', (name) => commandNamed(name).run(context));
  const family = () => currentItem(state())?.latent?.family ?? null;
  listen<{ key: string; action: PaneAction }>(page.compare, 'll-pane-action', ({ key, action }) => {
    if (action === 'models') void parts.models.open(family());
    else void exports.pane(key, action);
  });
  listen(page.status, 'll-cancel', () => run('cancel'));
  listen(page.status, 'll-dismiss', () => controller.dismissNotice());
  page.grades.addEventListener('click', ({ target }) => {
    const current = family();
    if (current === null || !(target instanceof HTMLButtonElement)) return;
    const decoder = optionsFor(state(), current, 'decoder').find(({ grade }) => grade === target.value);
    if (decoder !== undefined) controller.models.choose(current, 'decoder', decoder.id);
  });
  page.race.addEventListener('click', raceStarter(parts));
  page.open.addEventListener('click', () => run('open'));
  page.moreFiles.addEventListener('click', () => run('files'));
  page.files.addEventListener('change', () => {
    void controller.openFiles([...(page.files.files ?? [])]);
    page.files.value = '';
  });
  page.models.addEventListener('click', () => run('models'));
  page.about.addEventListener('click', () => run('about'));
  page.aboutFoot.addEventListener('click', () => run('about'));
  page.device.addEventListener('click', () => run('about'));
  page.help.addEventListener('click', () => run('help'));
}

/** What the button of the race does; the race itself comes with its first use. */
function raceStarter({ page, controller, state, store, models }: PageParts): () => void {
  let race: Promise<{ start(): void }> | null = null;
  return () => {
    if (!hasRival(state())) {
      void import('../words/verdict.ts').then(({ verdictWords }) =>
        controller.say('info', verdictWords().needsRival),
      );
      void models.open(currentItem(state())?.latent?.family ?? null);
      return;
    }
    race ??= import('./race.ts').then(({ createRace }) =>
      createRace({ controller, store, place: page.racePlace }),
    );
    void race.then((made) => made.start());
  };
}

/** Puts the link on the clipboard; one to what only this machine has says that it does not carry that. */
async function share({ controller, state, link }: PageParts): Promise<void> {
  const say = workWords();
  const note = currentItem(state())?.origin.kind === 'file' ? say.linkWithoutFile : '';
  try {
    await navigator.clipboard.writeText(link());
    controller.say('info', say.linkCopied + note);
  } catch {
    controller.say('info', `${say.linkInBar}${note} ${link()}`);
  }
}
