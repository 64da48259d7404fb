import { html, nothing, type TemplateResult } from 'lit';
import type { PictureFormat } from '../browser/picture-file.ts';

/** The current file, every picture of the video that it is, or every open file. */
export type ExportScope = 'file' | 'video' | 'all';

/** All that the export dialog shows. */
export interface ExportShown {
  readonly format: PictureFormat;
  readonly scope: ExportScope;
  /** Pictures of the current video; null for all else. */
  readonly frames: number | null;
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
  copy(text: string, what: string): void;
}

const FORMATS = [
  ['image/png', 'PNG, lossless'],
  ['image/jpeg', 'JPEG'],
  ['image/webp', 'WebP'],
] as const;

/** The export dialog as it is now. */
export const exportContent = (
  shown: ExportShown,
  acts: ExportActs,
): TemplateResult => html`<div class="dialog">
  <header><h2 id="export-title">Export</h2><button class="button" @click=${acts.close}>Close</button></header>
  <div class="dialog-body" tabindex="0" role="region" aria-labelledby="export-title">
    ${pictures(shown, acts)}${slider(shown, acts)}
    <div class="export-state" role="status">${
      shown.work === null
        ? shown.said
        : html`${shown.work.text}… <progress aria-label="Export" max="1" .value=${shown.work.part ?? 0}></progress>
            <button class="button" @click=${shown.work.cancel}>Cancel</button>`
    }</div>
  </div></div>`;

const scopesOf = (files: number, frames: number | null): readonly (readonly [ExportScope, string])[] => [
  ['file', frames === null ? 'This file' : 'This frame'],
  ...(frames === null ? [] : [['video', `All ${frames} frames`] as const]),
  ['all', `Everything open (${files})`],
];

const pictures = (
  { format, scope, frames, files, pictures: count, work }: ExportShown,
  { choose, zip }: ExportActs,
): TemplateResult => html`
  <h3>Pictures</h3>
  <fieldset class="choices"><legend class="hidden">Of which files</legend>
    ${scopesOf(files, frames).map(
      ([value, label]) => html`<label><input type="radio" name="scope" .checked=${scope === value}
        @change=${() => choose({ scope: value })} /> ${label}</label>`,
    )}
  </fieldset>
  <fieldset class="choices"><legend class="hidden">Format</legend>
    ${FORMATS.map(
      ([type, label]) => html`<label><input type="radio" name="format" .checked=${format.type === type}
        @change=${() => choose({ format: { type } })} /> ${label}</label>`,
    )}
    ${
      format.type === 'image/png'
        ? nothing
        : html`<label>Quality <input type="range" min="50" max="100" .value=${String(format.quality * 100)}
            @input=${(event: Event) =>
              choose({ format: { quality: Number((event.target as HTMLInputElement).value) / 100 } })} />
            ${Math.round(format.quality * 100)}</label>`
    }
  </fieldset>
  <p><button class="button strong" ?disabled=${work !== null || count === 0} @click=${zip}>Save ${count} ${
    count === 1 ? 'picture' : 'pictures'
  } as ZIP</button>
    Every shown way and size; those that are not computed yet are computed first.</p>`;

const slider = (
  { address, code, isOwnFile, canRecord, work }: ExportShown,
  { copy, film }: ExportActs,
): TemplateResult => html`
  <h3>The slider</h3>
  ${
    isOwnFile
      ? html`<p>A link or an embedded view cannot carry a file of yours: files never leave this machine. The film can.</p>`
      : nothing
  }
  <p class="choices">
    <button class="button" ?disabled=${isOwnFile} @click=${() => copy(address, 'Link')}>Copy link</button>
    <button class="button" ?disabled=${isOwnFile} @click=${() => copy(code, 'Embed code')}>Copy embed code</button>
    <button class="button" ?disabled=${work !== null || !canRecord} @click=${film}
      title=${canRecord ? 'Six seconds, the line going to and fro' : 'This browser cannot record WebM'}>Save a short film (WebM)</button>
  </p>
  ${isOwnFile ? nothing : html`<textarea readonly rows="3" aria-label="Embed code" .value=${code}></textarea>`}`;
