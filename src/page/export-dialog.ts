import { render } from 'lit';
import type { Controller } from '../app/run/controller.ts';
import { exportedKeys } from '../app/run/export-picture.ts';
import { computedCards } from '../app/show/computed-cards.ts';
import { stemOf } from '../app/show/export-names.ts';
import { videoFrames } from '../app/show/video-frames.ts';
import { type AppState, currentItem, type Item } from '../app/state/state.ts';
import type { PictureFormat } from '../browser/picture-file.ts';
import { saveFile } from '../browser/save-file.ts';
import { chooseSink } from '../browser/zip-sink.ts';
import { isAbort } from '../core/errors.ts';
import type { ViewState } from '../ui/stage/views/index.ts';
import { embedCode } from './embed-code.ts';
import { type ExportJob, exportAll } from './export-all.ts';
import { type ExportScope, type ExportShown, exportContent } from './export-content.ts';
import type { PageElements } from './page-elements.ts';
import { recordedType, recordSlider } from './record-slider.ts';
import '../styles/export.css';
import { exportsWords as say } from '../words/exports.ts';

export interface ExportDialogDeps {
  readonly page: PageElements;
  readonly controller: Controller;
  readonly state: () => AppState;
  readonly view: () => ViewState;
  /** The address of what is seen. */
  readonly link: () => string;
}

/** The dialog that takes things out: all pictures as a ZIP, and the slider as a link, a piece of another page, or a film. */
export function createExportDialog(deps: ExportDialogDeps) {
  const { page, state } = deps;
  const dialog = document.body.appendChild(document.createElement('dialog'));
  dialog.id = 'export-dialog';
  dialog.setAttribute('aria-labelledby', 'export-title');
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  let format: PictureFormat = { type: 'image/png', quality: 0.9 };
  let chosen: ExportScope = 'file';
  let work: ExportShown['work'] = null;
  let said = '';

  /** One job at a time; how it goes and how it ends stand in the dialog. */
  async function during(
    text: string,
    act: (tell: Tell, signal: AbortSignal) => Promise<string>,
  ): Promise<void> {
    const abort = new AbortController();
    function tell(now: string, part: number | null): void {
      work = { text: now, part, cancel: () => abort.abort() };
      draw();
    }
    said = '';
    tell(text, null);
    said = await act(tell, abort.signal).catch((error: unknown) => (isAbort(error) ? '' : sentence(error)));
    work = null;
    draw();
  }

  async function copy(text: string, done: string): Promise<void> {
    said = await navigator.clipboard.writeText(text).then(
      () => done,
      () => say().cannotCopy,
    );
    draw();
  }

  function draw(): void {
    if (!dialog.open) return;
    const now = state();
    const { items, ...scope } = scopeFor(now, chosen);
    const shown: ExportShown = {
      format,
      ...scope,
      files: now.items.length,
      ...sliderOf(deps),
      canRecord: recordedType() !== null,
      work,
      said,
    };
    render(
      exportContent(shown, {
        close: () => dialog.close(),
        choose(change) {
          format = { ...format, ...change.format };
          chosen = change.scope ?? chosen;
          draw();
        },
        zip() {
          const what = { items, isEveryFrame: scope.scope === 'video', format };
          return during(say().exporting, (tell, signal) => saveZip(what, deps, tell, signal));
        },
        film: () => during(say().recording, (_, signal) => saveFilm(page, deps, signal)),
        copy,
      }),
      dialog,
    );
  }

  return {
    open(): void {
      said = '';
      dialog.showModal();
      draw();
    },
  };
}

/** What of `chosen` there is now: another file may have come since a video's frames were. */
function scopeFor(
  state: AppState,
  chosen: ExportScope,
): Pick<ExportShown, 'scope' | 'frames' | 'pictures'> & { readonly items: readonly Item[] } {
  const item = currentItem(state);
  const frames = item === null ? null : videoFrames(state, item);
  const scope = chosen === 'video' && frames === null ? 'file' : chosen;
  const own = item === null ? [] : [item];
  const items = scope === 'all' ? state.items : own;
  const once = items.reduce((sum, one) => sum + exportedKeys(state, one).length, 0);
  return { scope, frames, items, pictures: scope === 'video' ? once * (frames?.count ?? 1) : once };
}

type Tell = (text: string, part: number | null) => void;

/** The slider's address and code, and whether a file of the person's keeps them from working elsewhere. */
function sliderOf({
  page,
  state,
  link,
}: ExportDialogDeps): Pick<ExportShown, 'address' | 'code' | 'isOwnFile'> {
  const address = new URL(link());
  address.searchParams.set('view', 'slider');
  const { baseWidth, baseHeight } = page.compare;
  return {
    address: address.href,
    code: embedCode(address.href, baseWidth / baseHeight),
    isOwnFile: currentItem(state())?.origin.kind === 'file',
  };
}

async function saveZip(
  what: Pick<ExportJob, 'items' | 'isEveryFrame' | 'format'>,
  { state, controller }: ExportDialogDeps,
  tell: Tell,
  signal: AbortSignal,
): Promise<string> {
  const { items } = what;
  const [first] = items;
  const name = items.length === 1 && first !== undefined ? stemOf(first.name) : 'latentlift';
  const sink = await chooseSink(`${name}-pictures.zip`, saveFile);
  const report = (done: number, total: number): void => tell(say().done(done, total), done / total);
  try {
    const failures = await exportAll({ ...what, sink, signal, report }, state, controller);
    return failures.length === 0 ? say().zipSaved : say().zipSavedWithout(failures.join(' '));
  } catch (error) {
    await sink.abort().catch(() => {});
    throw error;
  }
}

async function saveFilm(
  page: PageElements,
  { state, view }: ExportDialogDeps,
  signal: AbortSignal,
): Promise<string> {
  const { baseWidth, baseHeight, where, focusSpot, shownCards } = page.compare;
  const cards = computedCards(state(), shownCards);
  const blob = await recordSlider({
    cards,
    view: view(),
    where,
    focusSpot,
    baseWidth,
    baseHeight,
    signal,
  });
  saveFile(blob, `${stemOf(currentItem(state())?.name ?? 'latent')}-slider.webm`);
  return say().filmSaved;
}

function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!]$/.test(text) ? '' : '.'}`;
}
