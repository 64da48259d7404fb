import { css, html, LitElement, type TemplateResult } from 'lit';
import { formatMs } from '../../app/show/figures.ts';
import { raceWords } from '../../words/race.ts';
import { closeIcon } from './icons.ts';
import { shared } from './shared-styles.ts';

/** One runner: its time once it is there, `since` (performance.now()) while it runs. */
export interface Lane {
  readonly name: string;
  readonly how: string;
  readonly ms: number | null;
  readonly since: number | null;
  /** What it is expected to take, milliseconds; null where nobody knows. */
  readonly expectedMs: number | null;
}

/** Bars that grow while the runners run, on one scale of time. Sends `ll-race-again` and `ll-race-close`. */
export class LlRace extends LitElement {
  static override properties = { lanes: { attribute: false }, note: { type: String } };
  declare lanes: readonly Lane[];
  declare note: string;
  #frame = 0;

  constructor() {
    super();
    this.lanes = [];
    this.note = '';
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        padding: var(--space-3);
        border: 1px solid var(--line);
        border-radius: var(--radius-large);
        background: var(--surface);
      }
      ul {
        display: grid;
        gap: var(--space-2);
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: minmax(8rem, 15rem) minmax(0, 1fr) 5rem;
        gap: var(--space-3);
        align-items: center;
        font-size: var(--step--1);
        font-variant-numeric: tabular-nums;
      }
      small {
        display: block;
        color: var(--muted);
        font-size: var(--step--2);
      }
      .track {
        height: 1.1rem;
        overflow: hidden;
        border-radius: 5px;
        background: var(--sunken);
      }
      .bar {
        height: 100%;
        background: var(--span-decode);
        transform: scaleX(var(--share));
        transform-origin: left;
      }
      li:first-child .bar {
        background: var(--span-upscale);
      }
      b {
        text-align: right;
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
        align-items: center;
        justify-content: space-between;
        margin: var(--space-3) 0 0;
        color: var(--muted);
        font-size: var(--step--1);
      }
      .foot span:last-child {
        display: flex;
        gap: var(--space-2);
      }
      @media (max-width: 620px) {
        li {
          grid-template-columns: minmax(0, 1fr) 4.5rem;
        }
        .track {
          grid-row: 2;
          grid-column: 1 / -1;
        }
      }
    `,
  ];

  override render(): TemplateResult {
    const now = performance.now();
    const spent = (lane: Lane): number => lane.ms ?? (lane.since === null ? 0 : now - lane.since);
    const longest = Math.max(
      1,
      ...this.lanes.map((lane) => Math.max(spent(lane), lane.ms ?? lane.expectedMs ?? 0)),
    );
    return html`<ul aria-label=${raceWords().title}>${this.lanes.map(
      (lane) => html`<li data-lane=${lane.name}>
        <span>${lane.name}<small>${lane.how}</small></span>
        <span class="track" aria-hidden="true"><div class="bar" .style=${`--share: ${(spent(lane) / longest).toFixed(4)}`}></div></span>
        <b>${lane.ms !== null ? formatMs(lane.ms) : lane.since !== null ? formatMs(spent(lane)) : raceWords().waiting}</b></li>`,
    )}</ul>
      <p class="foot"><span role="status">${this.note}</span><span>
        <button class="button" ?disabled=${this.lanes.some(({ ms }) => ms === null)} @click=${() => this.#send('ll-race-again')}>${raceWords().again}</button>
        <button class="button icon" aria-label=${raceWords().close} @click=${() => this.#send('ll-race-close')}>${closeIcon}</button></span></p>`;
  }

  protected override updated(): void {
    cancelAnimationFrame(this.#frame);
    if (this.isConnected && this.lanes.some(({ since, ms }) => since !== null && ms === null)) {
      this.#frame = requestAnimationFrame(() => this.requestUpdate());
    }
  }

  #send(name: string): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true }));
  }
}

customElements.define('ll-race', LlRace);
declare global {
  interface HTMLElementTagNameMap {
    'll-race': LlRace;
  }
}
