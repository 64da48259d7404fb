import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { StripEntry } from '../../app/show/strip-entries.ts';
import { drawCover } from './draw-cover.ts';
import { closeIcon } from './icons.ts';
import { shared } from './shared-styles.ts';

/** The person's files over the stage. Sends `ll-choose` (detail: StripEntry), `ll-remove` (detail: id of the item) and `ll-files`. */
export class LlStrip extends LitElement {
  static override properties = { entries: { attribute: false } };
  declare entries: readonly StripEntry[];
  #shownId = '';

  constructor() {
    super();
    this.entries = [];
  }

  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        gap: var(--space-2);
        align-items: center;
        margin-bottom: var(--space-2);
      }
      :host([hidden]) {
        display: none;
      }
      ul {
        display: flex;
        flex: 0 1 auto;
        gap: var(--space-2);
        min-width: 0;
        margin: 0;
        padding: 6px;
        overflow-x: auto;
        scrollbar-width: thin;
        list-style: none;
      }
      li {
        position: relative;
        flex: none;
      }
      .thumb {
        position: relative;
        display: block;
        width: 4.5rem;
        padding: 0;
        overflow: hidden;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--sunken);
        cursor: pointer;
      }
      .thumb canvas {
        display: block;
        width: 100%;
        height: 3rem;
      }
      .name {
        display: block;
        overflow: hidden;
        padding: 1px 4px 2px;
        background: var(--surface);
        font-size: var(--step--2);
        line-height: 1.35;
        text-align: left;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .thumb[aria-current='true'] {
        border-color: var(--surface);
        outline: 2px solid var(--accent);
        outline-offset: 1px;
      }
      .thumb[aria-current='true'] .name {
        font-weight: 650;
      }
      .thumb:focus-visible {
        outline: 2px solid var(--focus);
        outline-offset: 2px;
      }
      .mark {
        position: absolute;
        left: 4px;
        top: 4px;
        width: 9px;
        height: 9px;
        border: 2px solid #fff;
        border-radius: 50%;
        background: #767c84;
        box-sizing: content-box;
      }
      .mark.running {
        background: var(--amber);
      }
      .mark.done {
        background: var(--accent);
      }
      .mark.failed {
        background: var(--error);
      }
      .remove {
        position: absolute;
        top: -5px;
        right: -5px;
        display: grid;
        place-content: center;
        width: 24px;
        height: 24px;
        padding: 0;
        border: 1px solid var(--line-strong);
        border-radius: 50%;
        background: var(--surface);
        cursor: pointer;
      }
      .remove svg {
        width: 14px;
        height: 14px;
      }
      .tools {
        flex: none;
      }
    `,
  ];

  override render(): TemplateResult {
    return html`<ul aria-label="Opened files">
        ${repeat(
          this.entries,
          ({ id }) => id,
          (entry) => this.#entry(entry),
        )}
      </ul>
      <button class="button tools" title="Folders, recent files, and what is kept" @click=${() => this.#send('ll-files', null)}>Files…</button>`;
  }

  #entry(entry: StripEntry): TemplateResult {
    return html`<li>
      <button class="thumb" data-id=${entry.id} aria-current=${entry.isCurrent} aria-label="${entry.title}, ${entry.hint}"
        title="${entry.title} · ${entry.hint}" @click=${() => this.#send('ll-choose', entry)}>
        <canvas width="144" height="96"></canvas>
        <span class="name">${entry.member === null ? entry.title : `${entry.member + 1} · ${entry.title}`}</span>
        ${entry.state === 'plain' ? nothing : html`<span class="mark ${entry.state}"></span>`}
      </button>
      ${
        entry.isRemovable
          ? html`<button class="remove" aria-label="Remove ${entry.title}" @click=${() => this.#send('ll-remove', entry.itemId)}>${closeIcon}</button>`
          : nothing
      }
    </li>`;
  }

  protected override updated(): void {
    for (const { id, bitmap } of this.entries) {
      const canvas = this.#thumb(id)?.querySelector('canvas');
      if (bitmap !== null && canvas) drawCover(canvas, bitmap);
    }
    const current = this.entries.find(({ isCurrent }) => isCurrent)?.id ?? '';
    if (current === this.#shownId) return;
    this.#shownId = current;
    this.#bringIntoView(current);
  }

  #thumb(id: string): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`);
  }

  /** The row moves, the page does not. */
  #bringIntoView(id: string): void {
    const row = this.renderRoot.querySelector('ul');
    const thumb = this.#thumb(id)?.parentElement;
    if (!row || !thumb) return;
    const left = thumb.offsetLeft - row.offsetLeft;
    if (left < row.scrollLeft || left + thumb.offsetWidth > row.scrollLeft + row.clientWidth) {
      row.scrollLeft = left - (row.clientWidth - thumb.offsetWidth) / 2;
    }
  }

  #send(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

customElements.define('ll-strip', LlStrip);
declare global {
  interface HTMLElementTagNameMap {
    'll-strip': LlStrip;
  }
}
