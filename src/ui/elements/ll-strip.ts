import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { StripEntry } from '../../app/show/strip-entries.ts';
import { itemsWords } from '../../words/items.ts';
import { stageWords } from '../../words/stage.ts';
import { drawCover } from './draw-cover.ts';
import { closeIcon } from './icons.ts';
import { shared } from './shared-styles.ts';
import { thumbs } from './thumb-styles.ts';

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
    thumbs,
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
        flex: 0 1 auto;
        min-width: 0;
        padding: 6px;
        scrollbar-width: thin;
      }
      .thumb {
        width: 4.5rem;
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
      .thumb[aria-current='true'] .name {
        font-weight: 650;
      }
      .mark {
        left: 4px;
        top: 4px;
      }
      .remove {
        top: -5px;
        right: -5px;
      }
      .tools {
        flex: none;
      }
    `,
  ];

  override render(): TemplateResult {
    return html`<ul aria-label=${itemsWords().opened}>
        ${repeat(
          this.entries,
          ({ id }) => id,
          (entry) => this.#entry(entry),
        )}
      </ul>
      <button class="button tools" title=${itemsWords().filesHint} @click=${() => this.#send('ll-files', null)}>${itemsWords().filesButton}</button>`;
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
          ? html`<button class="remove" aria-label=${stageWords().remove(entry.title)} @click=${() => this.#send('ll-remove', entry.itemId)}>${closeIcon}</button>`
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
