import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Generation, GenerationText } from '../../app/show/generation-text.ts';
import { itemsWords } from '../../words/items.ts';
import { shared } from './shared-styles.ts';

/** How the file says it was made. Sends `ll-text` (detail: text and what to do with it). */
export class LlGeneration extends LitElement {
  static override properties = { generation: { attribute: false } };
  declare generation: Generation | null;

  constructor() {
    super();
    this.generation = null;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      details {
        margin-top: var(--space-3);
        padding-top: var(--space-2);
        border-top: 1px solid var(--line);
        font-size: var(--step--1);
      }
      summary {
        cursor: pointer;
        font-weight: 600;
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 0.15rem var(--space-3);
        margin: var(--space-2) 0;
      }
      dt {
        color: var(--muted);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      h3 {
        display: flex;
        gap: var(--space-2);
        align-items: center;
        margin: var(--space-2) 0 0;
        font-size: inherit;
        font-weight: 600;
      }
      h3 span {
        flex: 1;
      }
      pre {
        max-height: 9rem;
        margin: var(--space-1) 0 0;
        padding: var(--space-2);
        overflow: auto;
        border-radius: var(--radius);
        background: var(--sunken);
        font-size: var(--step--2);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      p {
        margin: var(--space-2) 0 0;
        color: var(--muted);
      }
    `,
  ];

  override render(): TemplateResult | typeof nothing {
    const { generation } = this;
    if (generation === null) return nothing;
    return html`<details open><summary>${itemsWords().howMade}</summary>
      ${
        generation.summary.length === 0
          ? nothing
          : html`<dl>${generation.summary.map(({ label, value }) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>`
      }
      ${generation.texts.map((text) => this.#text(text))}
      <p>${itemsWords().kept}</p>
    </details>`;
  }

  #text(text: GenerationText): TemplateResult {
    const send = (action: 'copy' | 'save') => () =>
      this.dispatchEvent(
        new CustomEvent('ll-text', { detail: { text, action }, bubbles: true, composed: true }),
      );
    const say = itemsWords();
    return html`<h3><span>${text.label}</span>
        <button class="button" aria-label=${say.copyOf(text.label)} @click=${send('copy')}>${say.copy}</button>
        ${text.fileName === null ? nothing : html`<button class="button" aria-label=${say.saveOf(text.label)} @click=${send('save')}>${say.save}</button>`}</h3>
      <pre tabindex="0" role="region" aria-label=${text.label}>${text.text.slice(0, 20_000)}</pre>`;
  }
}

customElements.define('ll-generation', LlGeneration);
declare global {
  interface HTMLElementTagNameMap {
    'll-generation': LlGeneration;
  }
}
