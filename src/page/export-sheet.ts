import { html, nothing, render, type TemplateResult } from 'lit';
import type { Controller } from '../app/run/controller.ts';
import { exportedKeys } from '../app/run/export-picture.ts';
import { computedCards } from '../app/show/computed-cards.ts';
import { stemOf } from '../app/show/export-names.ts';
import { type AppState, currentItem, type Item } from '../app/state/state.ts';
import type { PictureFormat } from '../browser/picture-file.ts';
import { saveFile } from '../browser/save-file.ts';
import { chooseSink } from '../browser/zip-sink.ts';
import { isAbort } from '../core/errors.ts';
import type { ViewState } from '../ui/stage/views/index.ts';
import { embedCode } from './embed-code.ts';
import { exportAll } from './export-all.ts';
import type { PageElements } from './page-elements.ts';
import { recordedType, recordSlider } from './record-slider.ts';
import '../styles/export.css';

export interface ExportSheetDeps {
  readonly page: PageElements;
  readonly controller: Controller;
  readonly state: () => AppState;
  readonly view: () => ViewState;
  /** The address of what is seen. */
  readonly link: () => string;
}

interface Work {
  readonly abort: AbortController;
  readonly text: string;
  readonly part: number | null;
}

const FORMATS = [
  ['image/png', 'PNG, lossless'],
  ['image/jpeg', 'JPEG'],
  ['image/webp', 'WebP'],
] as const;

/** The dialog that takes things out: all pictures as a ZIP, and the slider as a link, a piece of another page, or a film. */
export function createExportSheet(deps: ExportSheetDeps) {
  const { page, controller, state, view, link } = deps;
  const dialog = document.body.appendChild(document.createElement('dialog'));
  dialog.id = 'export-sheet';
  dialog.setAttribute('aria-labelledby', 'export-title');
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  let format: PictureFormat = { type: 'image/png', quality: 0.9 };
  let isForAll = false;
  let work: Work | null = null;
  let said = '';

  const set = (change: () => void) => (): void => {
    change();
    draw();
  };

  /** One job at a time; how it goes and how it ends stand in the dialog. */
  async function during(text: string, act: (abort: AbortController) => Promise<string>): Promise<void> {
    const abort = new AbortController();
    work = { abort, text, part: null };
    said = '';
    draw();
    try {
      said = await act(abort);
    } catch (error) {
      said = isAbort(error) ? '' : sentence(error);
    }
    work = null;
    draw();
  }

  function exported(): readonly Item[] {
    const current = currentItem(state());
    if (isForAll) return state().items;
    return current === null ? [] : [current];
  }

  const zip = (): Promise<void> =>
    during('Exporting', async (abort) => {
      const items = exported();
      const [first] = items;
      const name = items.length === 1 && first !== undefined ? stemOf(first.name) : 'latentlift';
      const sink = await chooseSink(`${name}-pictures.zip`, saveFile);
      const report = (done: number, total: number): void => {
        work = { abort, text: `${done} of ${total} pictures`, part: done / total };
        draw();
      };
      try {
        const failures = await exportAll(
          { items, format, sink, signal: abort.signal, report },
          state,
          controller,
        );
        return failures.length === 0
          ? 'The ZIP is saved.'
          : `The ZIP is saved without these: ${failures.join(' ')}`;
      } catch (error) {
        await sink.abort().catch(() => {});
        throw error;
      }
    });

  const film = (): Promise<void> =>
    during('Recording six seconds', async ({ signal }) => {
      const { baseWidth, baseHeight } = page.compare;
      const cards = computedCards(state());
      const blob = await recordSlider({ cards, view: view(), baseWidth, baseHeight, signal });
      saveFile(blob, `${stemOf(currentItem(state())?.name ?? 'latent')}-slider.webm`);
      return 'The film is saved.';
    });

  async function copy(text: string, what: string): Promise<void> {
    said = await navigator.clipboard.writeText(text).then(
      () => `${what} copied.`,
      () => 'The browser does not let this page copy; select the text instead.',
    );
    draw();
  }

  function draw(): void {
    if (!dialog.open) return;
    const now = state();
    const count = exported().reduce((sum, item) => sum + exportedKeys(now, item).length, 0);
    render(
      html`<div class="sheet">
        <header><h2 id="export-title">Export</h2><button class="button" @click=${() => dialog.close()}>Close</button></header>
        <div class="sheet-body" tabindex="0" role="region" aria-labelledby="export-title">
          ${pictures(now, count)}${slider(now)}
          <div class="export-state" role="status">
            ${
              work === null
                ? said
                : html`${work.text}… <progress aria-label="Export" max="1" .value=${work.part ?? 0}></progress>
                    <button class="button" @click=${() => work?.abort.abort()}>Cancel</button>`
            }
          </div>
        </div></div>`,
      dialog,
    );
  }

  const pictures = (now: AppState, count: number): TemplateResult => html`
    <h3>Pictures</h3>
    <fieldset class="choices"><legend class="hidden">Of which files</legend>
      ${[false, true].map(
        (all) =>
          html`<label><input type="radio" name="scope" .checked=${isForAll === all} @change=${set(() => {
            isForAll = all;
          })} /> ${all ? `Everything open (${now.items.length})` : 'This file'}</label>`,
      )}
    </fieldset>
    <fieldset class="choices"><legend class="hidden">Format</legend>
      ${FORMATS.map(
        ([type, label]) =>
          html`<label><input type="radio" name="format" .checked=${format.type === type} @change=${set(() => {
            format = { ...format, type };
          })} /> ${label}</label>`,
      )}
      ${
        format.type === 'image/png'
          ? nothing
          : html`<label>Quality <input type="range" min="50" max="100" .value=${String(format.quality * 100)} @input=${(
              event: Event,
            ) => {
              format = { ...format, quality: Number((event.target as HTMLInputElement).value) / 100 };
              draw();
            }} /> ${Math.round(format.quality * 100)}</label>`
      }
    </fieldset>
    <p><button class="button strong" ?disabled=${work !== null || count === 0} @click=${zip}>Save ${count} ${count === 1 ? 'picture' : 'pictures'} as ZIP</button>
      Every shown way and size; those that are not computed yet are computed first.</p>`;

  function slider(now: AppState): TemplateResult {
    const item = currentItem(now);
    const address = new URL(link());
    address.searchParams.set('view', 'slider');
    const { baseWidth, baseHeight } = page.compare;
    const code = embedCode(address.href, baseWidth / baseHeight);
    const isOwn = item?.origin.kind === 'file';
    return html`<h3>The slider</h3>
      ${isOwn ? html`<p>A link or an embedded view cannot carry a file of yours: files never leave this machine. The film can.</p>` : nothing}
      <p class="choices">
        <button class="button" ?disabled=${isOwn} @click=${() => copy(address.href, 'Link')}>Copy link</button>
        <button class="button" ?disabled=${isOwn} @click=${() => copy(code, 'Embed code')}>Copy embed code</button>
        <button class="button" ?disabled=${work !== null || recordedType() === null} @click=${film}
          title=${recordedType() === null ? 'This browser cannot record WebM' : 'Six seconds, the line going to and fro'}>Save a short film (WebM)</button>
      </p>
      ${isOwn ? nothing : html`<textarea readonly rows="3" aria-label="Embed code" .value=${code}></textarea>`}`;
  }

  return {
    open(): void {
      said = '';
      dialog.showModal();
      draw();
    },
  };
}

const sentence = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!]$/.test(text) ? '' : '.'}`;
};
