import { html, nothing, type TemplateResult } from 'lit';
import type { VideoFrames } from '../app/show/video-frames.ts';
import type { PictureFormat } from '../browser/picture-file.ts';
import { exportsWords } from '../words/exports.ts';

/** The current file, every picture of the video that it is, or every open file. */
export type ExportScope = 'file' | 'video' | 'all';

/** All that the export dialog shows. */
export interface ExportShown {
  readonly format: PictureFormat;
  readonly scope: ExportScope;
  /** Pictures of the current video, or layers of the current picture; null for all else. */
  readonly frames: VideoFrames | null;
  readonly files: number;
  readonly pictures: number;
  readonly address: string;
  readonly code: string;
  /** The current item is a file of the person's, which no link carries. */
  readonly isOwnFile: boolean;
  readonly canRecord: boolean;
  /** What runs; `part` is 0..1, or null where it is unknown. */
  readonly work: { readonly text: string; readonly part: number | null; cancel(): void } | null;
  /** How the last job ended. */
  readonly said: string;
}

export interface ExportActs {
  close(): void;
  choose(change: { readonly format?: Partial<PictureFormat>; readonly scope?: ExportScope }): void;
  zip(): void;
  film(): void;
  /** `done` is what is said once it is on the clipboard. */
  copy(text: string, done: string): void;
}

const FORMATS = ['image/png', 'image/jpeg', 'image/webp'] as const;

/** The export dialog as it is now. */
export const exportContent = (
  shown: ExportShown,
  acts: ExportActs,
): TemplateResult => html`<div class="dialog">
  <header><h2 id="export-title">${exportsWords().title}</h2><button class="button" @click=${acts.close}>${exportsWords().close}</button></header>
  <div class="dialog-body" tabindex="0" role="region" aria-labelledby="export-title">
    ${pictures(shown, acts)}${slider(shown, acts)}
    <div class="export-state" role="status">${
      shown.work === null
        ? shown.said
        : html`${shown.work.text}… <progress aria-label=${exportsWords().title} max="1" .value=${shown.work.part ?? 0}></progress>
            <button class="button" @click=${shown.work.cancel}>${exportsWords().cancel}</button>`
    }</div>
  </div></div>`;

function scopesOf(files: number, frames: VideoFrames | null): readonly (readonly [ExportScope, string])[] {
  const say = exportsWords();
  const all = ['all', say.everything(files)] as const;
  if (frames === null) return [['file', say.thisFile], all];
  const { count, areLayers } = frames;
  return areLayers
    ? [['file', say.thisLayer], ['video', say.allLayers(count)], all]
    : [['file', say.thisFrame], ['video', say.allFrames(count)], all];
}

const pictures = (
  { format, scope, frames, files, pictures: count, work }: ExportShown,
  { choose, zip }: ExportActs,
): TemplateResult => html`
  <h3>${exportsWords().pictures}</h3>
  <fieldset class="choices"><legend class="hidden">${exportsWords().scope}</legend>
    ${scopesOf(files, frames).map(
      ([value, label]) => html`<label><input type="radio" name="scope" .checked=${scope === value}
        @change=${() => choose({ scope: value })} /> ${label}</label>`,
    )}
  </fieldset>
  <fieldset class="choices"><legend class="hidden">${exportsWords().format}</legend>
    ${FORMATS.map(
      (type) => html`<label><input type="radio" name="format" .checked=${format.type === type}
        @change=${() => choose({ format: { type } })} /> ${exportsWords().formats[type]}</label>`,
    )}
    ${
      format.type === 'image/png'
        ? nothing
        : html`<label>${exportsWords().quality} <input type="range" min="50" max="100" .value=${String(format.quality * 100)}
            @input=${(event: Event) =>
              choose({ format: { quality: Number((event.target as HTMLInputElement).value) / 100 } })} />
            ${Math.round(format.quality * 100)}</label>`
    }
  </fieldset>
  <p class="choices"><button class="button strong" ?disabled=${work !== null || count === 0} @click=${zip}>${exportsWords().saveZip(count)}</button>
    <span>${exportsWords().saveZipNote}</span></p>`;

const slider = (
  { address, code, isOwnFile, canRecord, work }: ExportShown,
  { copy, film }: ExportActs,
): TemplateResult => html`
  <h3>${exportsWords().slider}</h3>
  ${isOwnFile ? html`<p>${exportsWords().ownFileNote}</p>` : nothing}
  <p class="choices">
    <button class="button" ?disabled=${isOwnFile} @click=${() => copy(address, exportsWords().linkCopied)}>${exportsWords().copyLink}</button>
    <button class="button" ?disabled=${isOwnFile} @click=${() => copy(code, exportsWords().codeCopied)}>${exportsWords().copyCode}</button>
    <button class="button" ?disabled=${work !== null || !canRecord} @click=${film}
      title=${canRecord ? exportsWords().filmHint : exportsWords().noFilm}>${exportsWords().film}</button>
  </p>
  ${isOwnFile ? nothing : html`<textarea readonly rows="3" aria-label=${exportsWords().code} .value=${code}></textarea>`}`;
