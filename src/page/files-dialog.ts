import { html, nothing, render, type TemplateResult } from 'lit';
import type { Controller } from '../app/run/controller.ts';
import { formatBytes } from '../app/show/figures.ts';
import { openableFiles } from '../browser/folder-files.ts';
import { keeping } from '../browser/keeping.ts';
import { canKeep, type KeptFile, MOST_FILE_BYTES } from '../browser/kept-files.ts';
import type { FileSession } from './file-session.ts';
import '../styles/files.css';
import { filesWords } from '../words/files.ts';
import { languageTag } from '../words/language.ts';

export interface FilesDialogDeps {
  readonly controller: Controller;
  readonly session: FileSession;
  /** The page's own field for files. */
  readonly pickFiles: () => void;
}

/** The dialog on the person's files: open some or a folder, open recent ones again, see and clear what is kept. */
export function createFilesDialog({ controller, session, pickFiles }: FilesDialogDeps) {
  const dialog = document.body.appendChild(document.createElement('dialog'));
  dialog.id = 'files-dialog';
  dialog.setAttribute('aria-labelledby', 'files-title');
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  let files: readonly KeptFile[] = [];

  async function refresh(): Promise<void> {
    files = canKeep() ? (await session.list()).toReversed() : [];
    draw();
  }

  function openFolder(event: Event): void {
    const field = event.target as HTMLInputElement;
    const { files: fitting, note } = openableFiles([...(field.files ?? [])]);
    field.value = '';
    dialog.close();
    void controller.openFiles(fitting).then(() => {
      if (note !== null) controller.say('info', note);
    });
  }

  function open(told: KeptFile): void {
    dialog.close();
    const itemId = session.itemOf(told.id);
    if (itemId !== null) controller.select(itemId);
    else void session.reopen(told.id, {}, true);
  }

  async function forget(id: string | 'all'): Promise<void> {
    await session.forget(id);
    await refresh();
  }

  const row = (told: KeptFile): TemplateResult => html`<li data-kept=${told.id}>
    <button class="button name" @click=${() => open(told)}>${told.name}</button>
    <span>${formatBytes(told.sizeBytes)}</span>
    <span>${session.itemOf(told.id) === null ? new Date(told.openedAt).toLocaleString(languageTag()) : filesWords().openNow}</span>
    <button class="button" aria-label=${filesWords().forgetOf(told.name)} @click=${() => forget(told.id)}>${filesWords().forget}</button></li>`;

  function kept(): TemplateResult {
    if (!canKeep()) {
      return html`<p>${filesWords().noStorage}</p>`;
    }
    const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    return html`
      <label class="switch"><input type="checkbox" .checked=${keeping.isOn} @change=${(event: Event) => {
        keeping.isOn = (event.target as HTMLInputElement).checked;
        draw();
      }} /> ${filesWords().keep(`${MOST_FILE_BYTES / 1e6} MB`)}</label>
      <h3>${filesWords().recent}</h3>
      ${files.length === 0 ? html`<p>${filesWords().none}</p>` : html`<ul class="kept">${files.map(row)}</ul>`}
      <p class="kept-sum"><span>${filesWords().kept(formatBytes(bytes))}</span>
        ${files.length === 0 ? nothing : html`<button class="button" @click=${() => forget('all')}>${filesWords().clear}</button>`}</p>`;
  }

  function draw(): void {
    const say = filesWords();
    render(
      html`<div class="dialog">
        <header><h2 id="files-title">${say.title}</h2><button class="button" @click=${() => dialog.close()}>${say.close}</button></header>
        <div class="dialog-body" tabindex="0" role="region" aria-labelledby="files-title">
          <p class="openers">
            <button class="button strong" @click=${() => {
              dialog.close();
              pickFiles();
            }}>${say.open}</button>
            <label class="button">${say.openFolder}<input class="hidden" type="file" webkitdirectory multiple aria-label=${say.openFolder}
              @change=${openFolder} /></label>
          </p>
          ${kept()}
        </div></div>`,
      dialog,
    );
  }

  return {
    async open(): Promise<void> {
      draw();
      dialog.showModal();
      await refresh();
    },
  };
}
