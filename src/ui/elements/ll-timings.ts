import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { formatMs } from '../../app/show/figures.ts';
import { TIMING_SPANS, type TimingRow } from '../../app/show/timing-rows.ts';
import { shared } from './shared-styles.ts';

export type TimingCommand = 'json' | 'csv' | { readonly runs: number };

/** What the two kinds of runs are called. */
const RUNS = { cold: 'first', warm: 'repeat' } as const;

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
    const longest = Math.max(...this.rows.map((row) => row.totalMs), 1);
    const command = (
      name: TimingCommand,
      label: string,
      title: string,
    ) => html`<button class="button" title=${title}
      ?disabled=${!this.canRun} @click=${() => this.#send(name)}>${label}</button>`;
    return html`<div class="head">
        <ul class="legend">${TIMING_SPANS.map((span) => html`<li><span class="key ${span}"></span>${span}</li>`)}</ul>
        <div class="tools">
          ${command({ runs: 1 }, 'Run again', 'One more run of every picture')}
          <span class="many">
            <button class="button" aria-label="Run ${this.many} times" title="Median and spread of that many repeats"
              ?disabled=${!this.canRun} @click=${() => this.#send({ runs: this.many })}>Run</button>
            <select aria-label="How many runs" ?disabled=${!this.canRun} @change=${(event: Event) => {
              this.many = Number((event.target as HTMLSelectElement).value);
            }}>${MANY.map((count) => html`<option value=${count}>${count} times</option>`)}</select>
          </span>
          <button class="button" aria-pressed=${this.isTable} @click=${() => {
            this.isTable = !this.isTable;
          }}>${this.isTable ? 'Chart' : 'Table'}</button>
          ${command('json', 'JSON', 'Every run with browser, adapter, models and sizes')}
          ${command('csv', 'CSV', 'The same as a table')}
        </div>
      </div>
      ${this.isTable ? this.#table() : this.#bars(longest)}
      <p class="caption">${this.caption}</p>`;
  }

  #bars(longest: number): TemplateResult {
    return html`<ul class="rows">${this.rows.map(
      (row) => html`<li class="row ${row.run}" data-row=${row.id} title=${sentence(row)}>
        <span class="name">${row.run === 'cold' ? row.label : nothing}</span>
        <span class="run">${RUNS[row.run]}</span>
        <span class="track" aria-hidden="true">${row.spans
          .filter(({ ms }) => ms > 0)
          .map(
            ({ name, ms }) => html`<span class="span ${name}" .style=${`--share: ${ms / longest}`}></span>`,
          )}</span>
        <span class="figure">${
          row.runs === 0
            ? '–'
            : html`<b>${formatMs(row.totalMs)}</b><span class="rate"> · ${row.megapixelsPerSecond.toFixed(2)} MP/s${row.runs > 1 ? ` · ±${formatMs(row.spreadMs / 2)}` : ''}</span>`
        }</span>
      </li>`,
    )}</ul>`;
  }

  #table(): TemplateResult {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Timings as a table"><table>
      <thead><tr><th scope="col">Picture</th><th scope="col">Run</th><th scope="col">Runs</th>
        ${TIMING_SPANS.map((span) => html`<th scope="col">${span}</th>`)}
        <th scope="col">Total</th><th scope="col">Spread</th><th scope="col">MP/s</th></tr></thead>
      <tbody>${this.rows
        .filter((row) => row.runs > 0)
        .map(
          (row) => html`<tr><th scope="row">${row.label}</th><td>${RUNS[row.run]}</td><td>${row.runs}</td>
            ${row.spans.map(({ ms }) => html`<td>${formatMs(ms)}</td>`)}
            <td><b>${formatMs(row.totalMs)}</b></td><td>${formatMs(row.spreadMs)}</td>
            <td>${row.megapixelsPerSecond.toFixed(2)}</td></tr>`,
        )}</tbody></table></div>`;
  }

  #send(detail: TimingCommand): void {
    this.dispatchEvent(new CustomEvent('ll-timing-command', { detail, bubbles: true, composed: true }));
  }
}

const sentence = (row: TimingRow): string =>
  row.runs === 0
    ? `${row.label}: no ${RUNS[row.run]} run yet`
    : `${row.label}, ${RUNS[row.run]}: ${row.spans.map(({ name, ms }) => `${name} ${formatMs(ms)}`).join(', ')}, total ${formatMs(row.totalMs)}`;

customElements.define('ll-timings', LlTimings);
declare global {
  interface HTMLElementTagNameMap {
    'll-timings': LlTimings;
  }
}
