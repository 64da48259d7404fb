import { css, html, LitElement, type TemplateResult } from 'lit';
import type { Status } from '../../app/show/status.ts';
import { stageWords } from '../../words/stage.ts';
import { shared } from './shared-styles.ts';

/** How often the live region may speak: a tile a tenth of a second would drown a screen reader. */
const SPEAK_MS = 1500;

/** The status line: sentence, progress and the cancel button, always in its place. Sends `ll-cancel` and `ll-dismiss`. */
export class LlStatus extends LitElement {
  static override properties = { status: { attribute: false } };
  declare status: Status;
  #spoken = '';
  #lastSpoken = 0;
  #timer = 0;

  constructor() {
    super();
    this.status = { tone: 'idle', text: '', progress: null, canCancel: false };
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      .line {
        position: relative;
        display: flex;
        align-items: center;
        gap: var(--space-3);
        min-height: 3rem;
        padding: 0.1rem var(--gutter);
      }
      .dot {
        flex: none;
        width: 0.6rem;
        height: 0.6rem;
        border-radius: 50%;
        background: var(--faint);
      }
      .busy .dot {
        background: var(--accent);
        animation: breathe 1.2s ease-in-out infinite alternate;
      }
      .done .dot {
        background: var(--accent);
      }
      .error .dot {
        background: var(--error);
      }
      .error .text {
        color: var(--error);
      }
      @keyframes breathe {
        to {
          opacity: 0.25;
        }
      }
      .text {
        flex: 1;
        max-height: 40vh;
        overflow-y: auto;
        overflow-wrap: anywhere;
        margin: 0;
        font-size: var(--step--1);
        font-variant-numeric: tabular-nums;
        line-height: 1.3;
      }
      .track {
        position: absolute;
        inset: -1px 0 auto;
        height: 2px;
      }
      .track::after {
        content: '';
        display: block;
        height: 100%;
        background: var(--accent);
        transform: scaleX(var(--progress, 0));
        transform-origin: left;
        transition: transform 150ms;
      }
    `,
  ];

  override render(): TemplateResult {
    const { tone, text, progress, canCancel } = this.status;
    return html`<div class="line ${tone}">
      <div class="track" ?hidden=${progress === null} .style=${`--progress: ${progress ?? 0}`}></div>
      <span class="dot"></span>
      <p class="text" title=${text}>${text}</p>
      <span class="hidden" role=${tone === 'error' ? 'alert' : 'status'}>${this.#spoken}</span>
      ${
        tone === 'error'
          ? html`<button class="button" @click=${() => this.#send('ll-dismiss')}>${stageWords().dismiss}</button>`
          : html`<button class="button" ?disabled=${!canCancel} @click=${() => this.#send('ll-cancel')}>${stageWords().cancel}</button>`
      }
    </div>`;
  }

  protected override willUpdate(): void {
    clearTimeout(this.#timer);
    const wait = this.status.tone === 'busy' ? SPEAK_MS - (performance.now() - this.#lastSpoken) : 0;
    if (wait <= 0) {
      this.#spoken = this.status.text;
      this.#lastSpoken = performance.now();
    } else {
      this.#timer = window.setTimeout(() => this.requestUpdate(), wait);
    }
  }

  #send(name: string): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true }));
  }
}

customElements.define('ll-status', LlStatus);
declare global {
  interface HTMLElementTagNameMap {
    'll-status': LlStatus;
  }
}
