import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Conversion } from '../../app/run/conversions.ts';
import type { ItemBar } from '../../app/show/item-bar.ts';
import { figureText, type Measurement } from '../../app/show/measurements.ts';
import type { WeightsOffer } from '../../app/show/weights-offer.ts';
import { itemsWords } from '../../words/items.ts';
import { nextIcon, previousIcon } from './icons.ts';
import { shared } from './shared-styles.ts';

/** What a person does on the bar. */
export type ItemCommand =
  | { readonly kind: 'longest-side'; readonly longestSide: number }
  | { readonly kind: 'measure'; readonly factor: 2 | 4 | null }
  | { readonly kind: 'frame'; readonly index: number }
  | { readonly kind: 'fetch'; readonly address: string }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'convert'; readonly conversion: Conversion }
  | { readonly kind: 'models' };

/** One line over the pictures on what is open, and what can be done about it. Sends `ll-item-command` (detail: ItemCommand). */
export class LlItemBar extends LitElement {
  static override properties = { bar: { attribute: false } };
  declare bar: ItemBar | null;

  constructor() {
    super();
    this.bar = null;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1) var(--space-3);
        align-items: center;
        margin-bottom: var(--space-3);
        font-size: var(--step--1);
      }
      .name {
        min-width: 0;
        overflow-wrap: anywhere;
        font-weight: 650;
      }
      .detail {
        color: var(--muted);
        font-variant-numeric: tabular-nums;
      }
      .end {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
        align-items: center;
        margin-left: auto;
      }
      .offer {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2) var(--space-3);
        align-items: center;
        margin-bottom: var(--space-3);
        padding: var(--space-2) var(--space-3);
        border: 1px solid var(--accent);
        border-radius: var(--radius-large);
        background: var(--accent-soft);
        font-size: var(--step--1);
      }
      .offer p {
        flex: 1 1 18rem;
        margin: 0;
      }
      .offer .button {
        max-width: 100%;
        white-space: normal;
      }
      .offer small {
        display: block;
        font-size: var(--step--2);
      }
      progress {
        width: 10rem;
        accent-color: var(--accent);
      }
      .frames {
        display: flex;
        gap: var(--space-2);
        align-items: center;
        flex: 1 1 18rem;
        font-variant-numeric: tabular-nums;
      }
      .frames input {
        flex: 1;
        min-width: 6rem;
        accent-color: var(--accent);
      }
      table {
        width: 100%;
        max-width: 40rem;
        margin-bottom: var(--space-3);
        border-collapse: collapse;
        font-size: var(--step--1);
        font-variant-numeric: tabular-nums;
      }
      td {
        white-space: nowrap;
      }
      th,
      td {
        padding: 0.25rem 0.75rem 0.25rem 0;
        border-bottom: 1px solid var(--line);
        font-weight: 400;
        text-align: right;
      }
      thead th {
        color: var(--muted);
        font-size: var(--step--2);
      }
      tbody th,
      thead th:first-child {
        text-align: left;
      }
      .best {
        display: inline-block;
        padding: 0 0.45em;
        border-radius: 99px;
        background: var(--accent-soft);
        color: var(--accent-strong);
        font-weight: 700;
      }
    `,
  ];

  override render(): TemplateResult | typeof nothing {
    const { bar } = this;
    if (bar === null) return nothing;
    return html`
      ${bar.offer === null ? nothing : this.#offer(bar.offer)}
      ${
        bar.sides === null && bar.frames === null && bar.conversions.length === 0
          ? nothing
          : html`<div class="line">
              <span class="name">${bar.name}</span><span class="detail">${bar.detail}</span>
              ${this.#frames(bar)}
              <span class="end">${this.#sides(bar)}${this.#measure(bar)}${this.#conversions(bar)}</span>
            </div>`
      }
      ${bar.measure !== null && bar.measure.rows.length > 0 ? measureTable(bar.measure.rows) : nothing}`;
  }

  #offer({ text, fetch, detail, transfer }: WeightsOffer): TemplateResult {
    const say = itemsWords();
    const act =
      transfer !== null
        ? html`<progress aria-label=${say.download} max="1" .value=${transfer.progress ?? 0}></progress>
            <button class="button" @click=${() => this.#send({ kind: 'cancel', id: transfer.id })}>${say.cancel}</button>`
        : fetch !== null
          ? html`<button class="button strong" @click=${() => this.#send({ kind: 'fetch', address: fetch.address })}>${fetch.label}</button>`
          : nothing;
    return html`<div class="offer" role="group" aria-label=${say.missing}>
      <p>${transfer === null ? text : transfer.text}<small>${detail}</small></p>
      ${act}
      <button class="button" @click=${() => this.#send({ kind: 'models' })}>${fetch === null ? say.addWeights : say.otherWeights}</button>
    </div>`;
  }

  #frames({ frames }: ItemBar): TemplateResult | typeof nothing {
    if (frames === null) return nothing;
    const { index, count, areLayers } = frames;
    const words = itemsWords();
    const say = areLayers
      ? { previous: words.previousLayer, next: words.nextLayer, one: words.layer, of: words.layerOf }
      : { previous: words.previousFrame, next: words.nextFrame, one: words.frame, of: words.frameOf };
    const go = (to: number): void => {
      if (to !== index && to >= 0 && to < count) this.#send({ kind: 'frame', index: to });
    };
    return html`<span class="frames">
      <button class="button icon" aria-label=${say.previous} ?disabled=${index === 0} @click=${() => go(index - 1)}>${previousIcon}</button>
      <input type="range" aria-label=${say.one} min="1" max=${count} .value=${String(index + 1)} aria-valuetext=${say.of(index + 1, count)}
        @input=${(event: Event) => go(Number((event.target as HTMLInputElement).value) - 1)} />
      <button class="button icon" aria-label=${say.next} ?disabled=${index === count - 1} @click=${() => go(index + 1)}>${nextIcon}</button>
      <span>${say.of(index + 1, count)}</span></span>`;
  }

  #sides({ sides }: ItemBar): TemplateResult | typeof nothing {
    if (sides === null) return nothing;
    return html`<label>${itemsWords().encodeAt} <select aria-label=${itemsWords().longestSide} @change=${(
      event: Event,
    ) =>
      this.#send({ kind: 'longest-side', longestSide: Number((event.target as HTMLSelectElement).value) })}>
      ${sides.choices.map(
        ({ value, label }) =>
          html`<option value=${value} .selected=${value === sides.value}>${label}</option>`,
      )}</select></label>`;
  }

  #measure({ measure }: ItemBar): TemplateResult | typeof nothing {
    if (measure === null) return nothing;
    const { factor } = measure;
    const say = itemsWords();
    if (factor === null) {
      return html`<button class="button strong" title=${say.measureHint}
        @click=${() => this.#send({ kind: 'measure', factor: 2 })}>${say.measure}</button>`;
    }
    return html`<label>${say.shrink} <select aria-label=${say.shrinkHint} @change=${(event: Event) =>
      this.#send({ kind: 'measure', factor: (event.target as HTMLSelectElement).value === '4' ? 4 : 2 })}>
        <option value="2" .selected=${factor === 2}>2×</option><option value="4" .selected=${factor === 4}>4×</option>
      </select></label>
      <button class="button" @click=${() => this.#send({ kind: 'measure', factor: null })}>${say.stopMeasuring}</button>`;
  }

  #conversions({ conversions, isConverting }: ItemBar): TemplateResult[] {
    return conversions.map(
      (
        conversion,
      ) => html`<button class="button" title=${itemsWords().convertHint(conversion.name)} ?disabled=${isConverting}
        @click=${() => this.#send({ kind: 'convert', conversion })}>${conversion.label}</button>`,
    );
  }

  #send(detail: ItemCommand): void {
    this.dispatchEvent(new CustomEvent('ll-item-command', { detail, bubbles: true, composed: true }));
  }
}

function cell(row: Measurement, name: 'psnr' | 'ssim' | 'seconds'): TemplateResult {
  const value = row[name];
  const text = value === null ? '…' : figureText(name, value);
  return html`<td>${row.best.includes(name) ? html`<b class="best">${text}</b>` : text}</td>`;
}

/** Every way with its two likenesses and its time. */
const measureTable = (rows: readonly Measurement[]): TemplateResult => html`<table>
  <caption class="hidden">${itemsWords().likeness}</caption>
  <thead><tr><th scope="col">${itemsWords().enlargedWith}</th><th scope="col" title=${itemsWords().psnrHint}>PSNR</th>
    <th scope="col" title=${itemsWords().ssimHint}>SSIM</th><th scope="col">${itemsWords().time}</th></tr></thead>
  <tbody>${rows.map(
    (row) =>
      html`<tr data-measured=${row.key}><th scope="row">${row.title}</th>${cell(row, 'psnr')}${cell(row, 'ssim')}${cell(row, 'seconds')}</tr>`,
  )}</tbody></table>`;

customElements.define('ll-item-bar', LlItemBar);
declare global {
  interface HTMLElementTagNameMap {
    'll-item-bar': LlItemBar;
  }
}
