import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { formatMs } from '../../app/show/figures.ts';
import { TIMING_SPANS, type TimingRow } from '../../app/show/timing-rows.ts';
import { belowWords } from '../../words/below.ts';
import { decimal } from '../../words/numbers.ts';
import { shared } from './shared-styles.ts';

export type TimingCommand = 'json' | 'csv' | { readonly runs: number };

const MANY: readonly number[] = [5, 10, 20];

/** Stacked bars, one row for cold and one for warm runs of each picture, and the same as a table. Sends `ll-timing-command`. */
export class LlTimings extends LitElement {
  static override properties = {
    rows: { attribute: false },
    caption: { type: String },
    canRun: { type: Boolean },
    isTable: { state: true },
    many: { state: true },
  };
  declare rows: readonly TimingRow[];
  declare caption: string;
  declare canRun: boolean;
  declare isTable: boolean;
  /** How many runs the second button asks for. */
  declare many: number;

  constructor() {
    super();
    this.rows = [];
    this.caption = '';
    this.canRun = false;
    this.isTable = false;
    this.many = 5;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: var(--space-2);
        min-height: 2.2rem;
      }
      .legend,
      .tools {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1) var(--space-3);
        align-items: center;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .tools {
        gap: var(--space-2);
      }
      .many {
        display: inline-flex;
      }
      .many .button {
        border-radius: var(--radius) 0 0 var(--radius);
      }
      .many select {
        margin-left: -1px;
        border-radius: 0 var(--radius) var(--radius) 0;
      }
      .legend {
        color: var(--muted);
        font-size: var(--step--2);
      }
      .legend li {
        display: flex;
        align-items: center;
        gap: 0.4em;
      }
      .key,
      .span {
        background: var(--span);
      }
      .key {
        width: 0.8em;
        height: 0.8em;
        border-radius: 3px;
      }
      .Setup {
        --span: var(--span-build);
      }
      .Upscale {
        --span: var(--span-upscale);
      }
      .Decode {
        --span: var(--span-decode);
      }
      .Draw {
        --span: var(--span-present);
      }
      .Other {
        --span: var(--faint);
      }
      .rows {
        margin: var(--space-3) 0 0;
        padding: 0;
        list-style: none;
      }
      .row {
        display: grid;
        grid-template-columns: 9.5rem 3rem minmax(0, 1fr) 10.5rem;
        gap: var(--space-2);
        align-items: center;
        height: 1.55rem;
        font-size: var(--step--2);
        font-variant-numeric: tabular-nums;
      }
      .row:nth-child(odd):not(:first-child) {
        height: 2rem;
        padding-top: 0.45rem;
      }
      .name {
        overflow: hidden;
        font-size: var(--step--1);
        font-weight: 600;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .run {
        color: var(--muted);
      }
      .track {
        display: flex;
        height: 0.95rem;
        border-radius: 4px;
        background: var(--sunken);
        overflow: hidden;
      }
      .span {
        width: calc(var(--share) * 100%);
        min-width: 1px;
        border-right: 1px solid var(--surface);
        transition: width 250ms;
      }
      .cold .span {
        background-image: repeating-linear-gradient(
          -45deg,
          transparent 0 4px,
          rgb(255 255 255 / 22%) 4px 6px
        );
      }
      .figure b {
        font-weight: 650;
      }
      .figure {
        color: var(--muted);
        white-space: nowrap;
      }
      .figure b {
        color: var(--ink);
      }
      table {
        width: 100%;
        margin-top: var(--space-3);
        border-collapse: collapse;
        font-size: var(--step--2);
        font-variant-numeric: tabular-nums;
      }
      .scroll {
        overflow-x: auto;
      }
      th,
      td {
        padding: 0.25rem 0.5rem;
        border-top: 1px solid var(--line);
        text-align: right;
        white-space: nowrap;
      }
      th:first-child,
      td:first-child {
        padding-left: 0;
        text-align: left;
      }
      thead th {
        border: 0;
        color: var(--muted);
        font-weight: 400;
      }
      .caption {
        margin: var(--space-3) 0 0;
        color: var(--muted);
        font-size: var(--step--2);
      }
      @media (max-width: 620px) {
        .row {
          grid-template-columns: 6.4rem 2.4rem minmax(0, 1fr) 4rem;
        }
        .name {
          font-size: var(--step--2);
        }
        .rate {
          display: none;
        }
      }
    `,
  ];

  override render(): TemplateResult {
    const say = belowWords();
    const longest = Math.max(...this.rows.map((row) => row.totalMs), 1);
    const command = (
      name: TimingCommand,
      label: string,
      title: string,
    ) => html`<button class="button" title=${title}
      ?disabled=${!this.canRun} @click=${() => this.#send(name)}>${label}</button>`;
    return html`<div class="head">
        <ul class="legend">${TIMING_SPANS.map((span) => html`<li><span class="key ${span}"></span>${say.spans[span]}</li>`)}</ul>
        <div class="tools">
          ${command({ runs: 1 }, say.runAgain, say.runAgainHint)}
          <span class="many">
            <button class="button" aria-label=${say.runMany(this.many)} title=${say.runManyHint}
              ?disabled=${!this.canRun} @click=${() => this.#send({ runs: this.many })}>${say.run}</button>
            <select aria-label=${say.howMany} ?disabled=${!this.canRun} @change=${(event: Event) => {
              this.many = Number((event.target as HTMLSelectElement).value);
            }}>${MANY.map((count) => html`<option value=${count}>${say.times(count)}</option>`)}</select>
          </span>
          <button class="button" aria-pressed=${this.isTable} @click=${() => {
            this.isTable = !this.isTable;
          }}>${this.isTable ? say.chart : say.table}</button>
          ${command('json', 'JSON', say.jsonHint)}
          ${command('csv', 'CSV', say.csvHint)}
        </div>
      </div>
      ${this.isTable ? this.#table() : this.#bars(longest)}
      <p class="caption">${this.caption}</p>`;
  }

  #bars(longest: number): TemplateResult {
    return html`<ul class="rows">${this.rows.map(
      (row) => html`<li class="row ${row.run}" data-row=${row.id} title=${sentence(row)}>
        <span class="name">${row.run === 'cold' ? row.label : nothing}</span>
        <span class="run">${belowWords().runs[row.run]}</span>
        <span class="track" aria-hidden="true">${row.spans
          .filter(({ ms }) => ms > 0)
          .map(
            ({ name, ms }) => html`<span class="span ${name}" .style=${`--share: ${ms / longest}`}></span>`,
          )}</span>
        <span class="figure">${
          row.runs === 0
            ? '–'
            : html`<b>${formatMs(row.totalMs)}</b><span class="rate"> · ${decimal(row.megapixelsPerSecond, 2)} MP/s${row.runs > 1 ? ` · ±${formatMs(row.spreadMs / 2)}` : ''}</span>`
        }</span>
      </li>`,
    )}</ul>`;
  }

  #table(): TemplateResult {
    const say = belowWords();
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${say.asTable}><table>
      <thead><tr><th scope="col">${say.picture}</th><th scope="col">${say.run}</th><th scope="col">${say.runsColumn}</th>
        ${TIMING_SPANS.map((span) => html`<th scope="col">${say.spans[span]}</th>`)}
        <th scope="col">${say.total}</th><th scope="col">${say.spread}</th><th scope="col">MP/s</th></tr></thead>
      <tbody>${this.rows
        .filter((row) => row.runs > 0)
        .map(
          (row) => html`<tr><th scope="row">${row.label}</th><td>${say.runs[row.run]}</td><td>${row.runs}</td>
            ${row.spans.map(({ ms }) => html`<td>${formatMs(ms)}</td>`)}
            <td><b>${formatMs(row.totalMs)}</b></td><td>${formatMs(row.spreadMs)}</td>
            <td>${decimal(row.megapixelsPerSecond, 2)}</td></tr>`,
        )}</tbody></table></div>`;
  }

  #send(detail: TimingCommand): void {
    this.dispatchEvent(new CustomEvent('ll-timing-command', { detail, bubbles: true, composed: true }));
  }
}

function sentence({ label, run, runs, spans, totalMs }: TimingRow): string {
  const say = belowWords();
  if (runs === 0) return say.noRun(label, say.runs[run]);
  const parts = spans.map(({ name, ms }) => `${say.spans[name]} ${formatMs(ms)}`).join(say.between);
  return say.row(label, say.runs[run], parts, formatMs(totalMs));
}

customElements.define('ll-timings', LlTimings);
declare global {
  interface HTMLElementTagNameMap {
    'll-timings': LlTimings;
  }
}
