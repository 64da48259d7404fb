import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Fact, FactsContent } from '../../app/show/latent-facts.ts';
import { belowWords } from '../../words/below.ts';
import { nextIcon, previousIcon } from './icons.ts';
import { shared } from './shared-styles.ts';

/** A content of facts, those with choices correctable: sends `ll-fact-change` (detail: id, value). */
export class LlFacts extends LitElement {
  static override properties = { content: { attribute: false } };
  declare content: FactsContent | null;

  constructor() {
    super();
    this.content = null;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      .reason {
        display: flex;
        gap: var(--space-2);
        align-items: baseline;
        min-height: 2.9em;
        margin: 0 0 var(--space-2);
        font-size: var(--step--1);
        line-height: 1.45;
      }
      .reason span:last-child {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .sure {
        flex: none;
        padding: 0 0.5em;
        border-radius: 99px;
        background: var(--sunken);
        font-size: var(--step--2);
        font-weight: 600;
      }
      .sure.guess {
        background: var(--warn-soft);
        color: var(--warn);
      }
      .sure.certain {
        background: var(--accent-soft);
        color: var(--accent-strong);
      }
      .warning {
        margin: 0 0 var(--space-2);
        padding: var(--space-2) var(--space-3);
        border-radius: var(--radius);
        background: var(--warn-soft);
        color: var(--warn);
        font-size: var(--step--1);
      }
      dl {
        display: grid;
        grid-template-columns: minmax(6.5rem, auto) minmax(0, 1fr);
        margin: 0;
        font-size: var(--step--1);
      }
      dt,
      dd {
        display: flex;
        align-items: center;
        min-height: 2.15rem;
        margin: 0;
        border-top: 1px solid var(--line);
      }
      dt {
        padding-right: var(--space-3);
        color: var(--muted);
      }
      dd {
        gap: var(--space-1);
        min-width: 0;
        overflow-wrap: anywhere;
        font-variant-numeric: tabular-nums;
      }
      select {
        width: 100%;
        min-width: 0;
        min-height: 1.75rem;
        padding-block: 0;
        border-color: var(--line);
      }
      .button.icon {
        flex: none;
        min-height: 1.75rem;
        width: 1.75rem;
      }
      .none {
        margin: 0;
        color: var(--muted);
        font-size: var(--step--1);
      }
    `,
  ];

  override render(): TemplateResult {
    const { content } = this;
    if (content === null) {
      return html`<p class="none">${belowWords().nothing}</p>`;
    }
    return html`
      ${
        content.reason === null
          ? nothing
          : html`<p class="reason">${
              content.confidence === null
                ? nothing
                : html`<span class="sure ${content.confidence}">${belowWords().confidence[content.confidence]}</span>`
            }<span>${content.reason}</span></p>`
      }
      ${content.warnings.map((warning) => html`<p class="warning">${warning}</p>`)}
      <dl>${content.facts.map((fact) => html`<dt id="label-${fact.id}">${fact.label}</dt><dd data-fact=${fact.id}>${this.#value(fact)}</dd>`)}</dl>`;
  }

  #value(fact: Fact): TemplateResult {
    if (fact.choices.length === 0) return html`${fact.value}`;
    const index = fact.choices.findIndex(({ value }) => value === fact.value);
    const isSeries = fact.id === 'item' || fact.id === 'frame';
    const step = (
      by: number,
      label: string,
      sign: unknown,
    ) => html`<button class="button icon" aria-label=${label}
      ?disabled=${fact.choices[index + by] === undefined}
      @click=${() => this.#send(fact.id, fact.choices[index + by]?.value ?? fact.value)}>${sign}</button>`;
    return html`${isSeries ? step(-1, belowWords().previous(fact.label), previousIcon) : nothing}
      <select aria-labelledby="label-${fact.id}" @change=${(event: Event) =>
        this.#send(fact.id, (event.target as HTMLSelectElement).value)}>
        ${fact.choices.map(
          ({ value, label }) =>
            html`<option value=${value} .selected=${value === fact.value}>${label}</option>`,
        )}
      </select>${isSeries ? step(1, belowWords().next(fact.label), nextIcon) : nothing}`;
  }

  #send(id: string, value: string): void {
    this.dispatchEvent(
      new CustomEvent('ll-fact-change', { detail: { id, value }, bubbles: true, composed: true }),
    );
  }
}

customElements.define('ll-facts', LlFacts);
declare global {
  interface HTMLElementTagNameMap {
    'll-facts': LlFacts;
  }
}
