import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { stageWords } from '../../words/stage.ts';
import { drawCover } from './draw-cover.ts';
import { closeIcon } from './icons.ts';
import { shared } from './shared-styles.ts';
import { thumbs } from './thumb-styles.ts';

/** A thing to choose: a thumbnail by address or as a bitmap (drawn, not owned). */
export interface GalleryEntry {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly imageUrl: string | null;
  readonly bitmap: ImageBitmap | OffscreenCanvas | null;
  readonly state: 'plain' | 'waiting' | 'running' | 'done' | 'failed';
  readonly isCurrent: boolean;
  readonly isRemovable: boolean;
}

/** A row of thumbnails. Sends `ll-choose` and `ll-remove` (detail: id). `slots` reserves room before entries come. */
export class LlGallery extends LitElement {
  static override properties = {
    entries: { attribute: false },
    slots: { type: Number },
    label: { type: String },
  };
  declare entries: readonly GalleryEntry[];
  declare slots: number;
  declare label: string;

  constructor() {
    super();
    this.entries = [];
    this.slots = 0;
    this.label = '';
  }

  static override styles = [
    shared,
    thumbs,
    css`
      :host {
        display: block;
        min-width: calc(var(--thumb, 3.5rem) + 8px);
      }
      :host([hidden]) {
        display: none;
      }
      ul {
        min-height: calc(var(--thumb, 3.5rem) + 8px);
        padding: 5px;
        scrollbar-width: none;
      }
      .thumb {
        width: var(--thumb, 3.5rem);
        height: var(--thumb, 3.5rem);
      }
      .thumb img,
      .thumb canvas {
        display: block;
        width: 100%;
        height: 100%;
        object-fit: cover;
      }
      .mark {
        right: 4px;
        bottom: 4px;
      }
      .remove {
        top: -4px;
        right: -4px;
      }
      .slot {
        width: var(--thumb, 3.5rem);
        height: var(--thumb, 3.5rem);
        border-radius: var(--radius);
        background: var(--sunken);
      }
    `,
  ];

  override render(): TemplateResult {
    const empty = Math.max(0, this.slots - this.entries.length);
    return html`<ul aria-label=${this.label}>
      ${this.entries.map((entry) => this.#entry(entry))}
      ${this.entries.length === 0 ? Array.from({ length: empty }, () => html`<li class="slot" aria-hidden="true"></li>`) : nothing}
    </ul>`;
  }

  #entry(entry: GalleryEntry): TemplateResult {
    return html`<li>
      <button class="thumb" data-id=${entry.id} aria-current=${entry.isCurrent} aria-label="${entry.title}, ${entry.hint}"
        title="${entry.title} · ${entry.hint}" @click=${() => this.#send('ll-choose', entry.id)}>
        ${
          entry.imageUrl === null
            ? html`<canvas width="112" height="112"></canvas>`
            : html`<img src=${entry.imageUrl} alt="" width="56" height="56" decoding="async" />`
        }
        ${entry.state === 'plain' ? nothing : html`<span class="mark ${entry.state}"></span>`}
      </button>
      ${
        entry.isRemovable
          ? html`<button class="remove" aria-label=${stageWords().remove(entry.title)} @click=${() => this.#send('ll-remove', entry.id)}>${closeIcon}</button>`
          : nothing
      }
    </li>`;
  }

  protected override updated(): void {
    for (const entry of this.entries) {
      if (entry.bitmap === null) continue;
      const canvas = this.renderRoot.querySelector<HTMLCanvasElement>(
        `[data-id="${CSS.escape(entry.id)}"] canvas`,
      );
      if (canvas !== null) drawCover(canvas, entry.bitmap);
    }
  }

  #send(name: string, detail: string): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

customElements.define('ll-gallery', LlGallery);
declare global {
  interface HTMLElementTagNameMap {
    'll-gallery': LlGallery;
  }
}
