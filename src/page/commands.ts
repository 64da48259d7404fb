import type { Controller } from '../app/run/controller.ts';
import { isPinKey } from '../app/state/pin-key.ts';
import type { AppState } from '../app/state/state.ts';
import type { ToolButton } from '../ui/elements/ll-toolbar.ts';
import { ON_DETAIL } from '../ui/stage/viewport.ts';
import { VIEWS, type ViewChange, type ViewMode, type ViewState } from '../ui/stage/views/index.ts';
import { wordsOf } from '../words/language.ts';
import type { ModelsPanel } from './models-panel.ts';
import { openingZoom } from './opening-zoom.ts';
import type { OwnFiles } from './own-files.ts';
import type { PageElements } from './page-elements.ts';
import type { Exports } from './page-exports.ts';

/** What commands act on. */
export interface CommandContext {
  readonly page: PageElements;
  readonly controller: Controller;
  readonly exports: Exports;
  readonly models: ModelsPanel;
  readonly ownFiles: OwnFiles;
  readonly state: () => AppState;
  readonly view: () => ViewState;
  readonly changeView: (change: ViewChange) => void;
  showDialog(kind: 'about' | 'help'): void;
  /** Copies the address of what is seen. */
  share(): void;
  /** The dialog with everything that can be taken out. */
  showExport(): void;
}

/** One thing a person can ask the page to do: keys, help and toolbar are made of these. */
export interface PageCommand {
  readonly name: string;
  /** As KeyboardEvent.key tells them; without any it is reached by its button alone. */
  readonly keys: readonly string[];
  /** Its keys act only while the pictures have the focus. */
  readonly isOfStage?: boolean;
  readonly button?: Omit<ToolButton, 'name'>;
  run(context: CommandContext): void;
  /** Its key is let go; `run` may have been called several times meanwhile. */
  release?(context: CommandContext): void;
}

const viewCommand = ({ mode, key }: (typeof VIEWS)[number]) => ({
  name: `view-${mode}` as `view-${ViewMode}`,
  keys: [key],
  run({ page, changeView }: CommandContext) {
    changeView({ mode });
    page.compare.isHeld = true;
  },
  release({ page }: CommandContext) {
    page.compare.isHeld = false;
  },
});

/** A tenth of the pane for each press of an arrow. */
const STEP = 0.1;

const moveCommand = <Name extends string>(name: Name, key: string, dx: number, dy: number) => ({
  name,
  keys: [key],
  isOfStage: true,
  run: ({ page }: CommandContext) => page.compare.moveBy(dx * STEP, dy * STEP),
});

/** Every command, in the order of the help and of the buttons. */
export const COMMANDS = [
  { name: 'help', keys: ['?'], run: ({ showDialog }) => showDialog('help') },
  { name: 'about', keys: [], run: ({ showDialog }) => showDialog('about') },
  { name: 'open', keys: ['o'], run: ({ page }) => page.files.click() },
  {
    name: 'files',
    keys: ['O'],
    run: ({ ownFiles }) => ownFiles.openDialog(),
  },
  { name: 'models', keys: ['m'], run: ({ models }) => void models.open(null) },
  ...VIEWS.map(viewCommand),
  {
    name: 'zoom-out',
    keys: ['-'],
    button: { label: '−', title: 'Zoom out', group: 'zoom', isIcon: true },
    run: ({ page }) => page.compare.zoomBy(0.8),
  },
  {
    name: 'fit',
    keys: ['0'],
    button: { label: 'Fit', title: 'All of the picture', group: 'zoom' },
    run({ changeView }) {
      openingZoom.isFit = true;
      changeView({ x: 0.5, y: 0.5, magnification: 1 });
    },
  },
  {
    name: 'detail',
    keys: ['2'],
    button: {
      label: 'Detail',
      title: 'Where there is most to see, at 100% of the 2× picture',
      group: 'zoom',
    },
    run({ changeView }) {
      openingZoom.isFit = false;
      changeView({ x: 0.5, y: 0.5, magnification: ON_DETAIL });
    },
  },
  {
    name: 'pixels',
    keys: ['1'],
    button: {
      label: '100%',
      title: 'One pixel of the largest picture on one pixel of the screen',
      group: 'zoom',
    },
    run: ({ page }) => page.compare.zoomToPixels(),
  },
  {
    name: 'zoom-in',
    keys: ['+', '='],
    button: { label: '+', title: 'Zoom in', group: 'zoom', isIcon: true },
    run: ({ page }) => page.compare.zoomBy(1.25),
  },
  {
    name: 'peek',
    keys: ['x'],
    run({ page }) {
      page.compare.isPeeking = true;
    },
    release({ page }) {
      page.compare.isPeeking = false;
    },
  },
  {
    name: 'smooth',
    keys: ['i'],
    run: ({ view, changeView }) => changeView({ isSmooth: !view().isSmooth }),
  },
  {
    name: 'full-screen',
    keys: ['f'],
    button: { label: 'Full screen', title: 'The pictures in full screen', group: 'zoom' },
    run({ page }) {
      if (document.fullscreenElement === null) void page.stage.requestFullscreen?.().catch(() => {});
      else void document.exitFullscreen();
    },
  },
  { name: 'again', keys: ['r'], run: ({ controller }) => controller.runAgain(1) },
  {
    name: 'cancel',
    keys: ['Escape'],
    run({ controller, state }) {
      const { activity, opening } = state();
      if (opening === null && controller.models.cancelShown()) return;
      if (opening !== null || activity !== null) controller.stop();
    },
  },
  { name: 'previous', keys: ['['], run: ({ ownFiles }) => void ownFiles.step(-1) },
  { name: 'next', keys: [']'], run: ({ ownFiles }) => void ownFiles.step(1) },
  {
    name: 'copy-figure',
    keys: ['c'],
    button: {
      label: 'Copy figure',
      title: 'One PNG of the visible pictures with captions',
      group: 'take',
      needsPicture: true,
    },
    run: ({ exports }) => void exports.figure(),
  },
  {
    name: 'share',
    keys: [],
    button: { label: 'Share', title: 'Copy a link to this view', group: 'take' },
    run: ({ share }) => share(),
  },
  {
    name: 'keep',
    keys: ['p'],
    run({ page, exports }) {
      const key = page.compare.pair?.[1].key;
      if (key !== undefined) void exports.pane(key, isPinKey(key) ? 'unpin' : 'pin');
    },
  },
  {
    name: 'export',
    keys: ['e'],
    button: {
      label: 'Export…',
      title: 'All pictures as a ZIP; the slider as a film or for another page',
      group: 'take',
      needsPicture: true,
    },
    run: ({ showExport }) => showExport(),
  },
  moveCommand('left', 'ArrowLeft', -1, 0),
  moveCommand('right', 'ArrowRight', 1, 0),
  moveCommand('up', 'ArrowUp', 0, -1),
  moveCommand('down', 'ArrowDown', 0, 1),
] as const satisfies readonly PageCommand[];

export type Command = (typeof COMMANDS)[number]['name'];

const ALL: readonly (PageCommand & { readonly name: Command })[] = COMMANDS;

/** The command of that name; one that is not listed is a mistake in the code and throws. */
export function commandNamed(wanted: string): PageCommand {
  const command = ALL.find(({ name }) => name === wanted);
  if (command === undefined) throw new Error(`there is no command "${wanted}"`);
  return command;
}

/** The command of a pressed key, or null: keys with Ctrl, Alt or Meta are the browser's. */
export const commandOfKey = (key: string, hasModifier: boolean): PageCommand | null =>
  hasModifier ? null : (ALL.find(({ keys }) => keys.includes(key)) ?? null);

/** The toolbar's buttons, in the language in use. */
export const toolButtons = (): ToolButton[] =>
  ALL.flatMap(({ name, button }) => {
    if (button === undefined) return [];
    const { label, title } = button;
    return [{ name, ...button, ...wordsOf('buttons', name, { label, title }) }];
  });
