import type { Controller } from '../app/run/controller.ts';
import { deviceSummary } from '../app/show/device-summary.ts';
import { overrideOf, settingOf } from '../app/show/latent-facts.ts';
import type { Command } from '../app/show/shortcuts.ts';
import type { PaneKey } from '../app/state/panes.ts';
import { type AppState, currentItem } from '../app/state/state.ts';
import type { SaveRequest } from '../ui/elements/ll-latent-saver.ts';
import type { TimingCommand } from '../ui/elements/ll-timings.ts';
import type { ToolCommand } from '../ui/elements/ll-toolbar.ts';
import type { PaneAction } from '../ui/stage/pane-parts.ts';
import type { ViewChange, ViewState } from '../ui/stage/views/index.ts';
import { acceptDrops } from './drop-target.ts';
import type { ModelsPanel } from './models-panel.ts';
import type { PageElements } from './page-elements.ts';
import type { Exports } from './page-exports.ts';
import { followKeys, singleKeys } from './page-keys.ts';
import type { SheetKind } from './sheets.ts';

export interface PageParts {
  readonly page: PageElements;
  readonly controller: Controller;
  readonly exports: Exports;
  readonly state: () => AppState;
  readonly view: () => ViewState;
  readonly changeView: (change: ViewChange) => void;
  readonly link: () => string;
  readonly models: ModelsPanel;
}

/** A tenth of the pane for each press of an arrow. */
const STEP = 0.1;

/** Connects what a person does on the page with what is done about it. */
export function connectPage(parts: PageParts): void {
  const { page, controller, exports, state, view, changeView } = parts;

  async function showSheet(kind: SheetKind): Promise<void> {
    const { openSheet } = await import('./sheets.ts');
    openSheet(page.sheet, kind, {
      state: state(),
      device: deviceSummary(state()),
      hasShortcuts: singleKeys.isOn,
      onShortcuts: (isOn) => {
        singleKeys.isOn = isOn;
      },
    });
  }

  async function share(): Promise<void> {
    try {
      await navigator.clipboard.writeText(parts.link());
      controller.say('info', 'The link to this view is on the clipboard.');
    } catch {
      controller.say('info', `The link to this view is in the address bar: ${parts.link()}`);
    }
  }

  /** The next or previous of demos and opened files, as the two rows show them. */
  function step(by: number): void {
    const entries = [...page.demos.entries, ...page.opened.entries];
    const at = entries.findIndex(({ isCurrent }) => isCurrent);
    const next = entries[(at + by + entries.length) % entries.length];
    if (next === undefined) return;
    if (next.isRemovable) controller.select(Number(next.id));
    else void controller.pickDemo(next.id);
  }

  const commands: Readonly<Record<Command, () => void>> = {
    help: () => void showSheet('help'),
    open: () => page.files.click(),
    models: () => void parts.models.open(null),
    'view-side': () => changeView({ mode: 'side' }),
    'view-slider': () => changeView({ mode: 'slider' }),
    'view-lens': () => changeView({ mode: 'lens' }),
    'view-difference': () => changeView({ mode: 'difference' }),
    'zoom-in': () => page.compare.zoomBy(1.25),
    'zoom-out': () => page.compare.zoomBy(0.8),
    fit: () => changeView({ x: 0.5, y: 0.5, magnification: 1 }),
    pixels: () => page.compare.zoomToPixels(),
    smooth: () => changeView({ isSmooth: !view().isSmooth }),
    again: () => controller.runAgain(1),
    cancel: () => {
      if (!controller.models.cancelShown() && state().activity !== null) controller.stop();
    },
    previous: () => step(-1),
    next: () => step(1),
    'copy-figure': () => void exports.figure(),
    left: () => page.compare.moveBy(-STEP, 0),
    right: () => page.compare.moveBy(STEP, 0),
    up: () => page.compare.moveBy(0, -STEP),
    down: () => page.compare.moveBy(0, STEP),
  };
  followKeys(document, page.compare, (command) => commands[command]());
  acceptDrops(window, page.drop, {
    onFiles: (files) => void controller.openFiles(files),
    onUrl: (url) => void controller.openUrl(url),
  });

  const on = <Detail>(target: EventTarget, name: string, act: (detail: Detail) => void): void =>
    target.addEventListener(name, (event) => act((event as CustomEvent<Detail>).detail));
  on<string>(page.demos, 'll-choose', (id) => void controller.pickDemo(id));
  on<string>(page.opened, 'll-choose', (id) => controller.select(Number(id)));
  on<string>(page.opened, 'll-remove', (id) => controller.remove(Number(id)));
  on<ViewChange>(document, 'll-view-change', changeView);
  on<PaneKey[]>(page.toolbar, 'll-panes-change', (keys) => controller.show(keys));
  on<ToolCommand>(page.toolbar, 'll-command', (name) => (name === 'share' ? void share() : commands[name]()));
  const family = () => currentItem(state())?.latent?.family ?? null;
  on<{ key: string; action: PaneAction }>(page.compare, 'll-pane-action', ({ key, action }) => {
    if (action === 'models') void parts.models.open(family());
    else void exports.pane(key, action);
  });
  on<TimingCommand>(page.timings, 'll-timing-command', (name) => {
    if (name === 'json' || name === 'csv') void exports.timings(name);
    else controller.runAgain(name.runs);
  });
  on<{ id: string; value: string }>(page.facts, 'll-fact-change', ({ id, value }) => {
    if (currentItem(state())?.source.kind === 'picture') controller.setPicture(settingOf(id, value));
    else void controller.reread(overrideOf(id, value));
  });
  on<SaveRequest>(page.saver, 'll-save-latent', (request) => void exports.latent(request));
  on(page.status, 'll-cancel', () => commands.cancel());
  on(page.status, 'll-dismiss', () => controller.dismissNotice());
  page.open.addEventListener('click', () => page.files.click());
  page.files.addEventListener('change', () => {
    void controller.openFiles([...(page.files.files ?? [])]);
    page.files.value = '';
  });
  page.models.addEventListener('click', () => commands.models());
  page.about.addEventListener('click', () => void showSheet('about'));
  page.device.addEventListener('click', () => void showSheet('about'));
  page.help.addEventListener('click', () => void showSheet('help'));
}
