import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { PaneCard } from '../../app/show/pane-cards.ts';
import type { PaneKey } from '../../app/state/panes.ts';
import { INITIAL_VIEW, pairOf, type ViewState } from '../../app/state/view-state.ts';
import { compareStyles } from './compare-styles.ts';
import type { LlPicture } from './ll-picture.ts';
import './ll-picture.ts';
import './ll-screen.ts';
import { shared } from '../elements/shared-styles.ts';
import { type PaneAction, paneFootnote, paneHeading, paneOverlay, paneTimings } from './pane-parts.ts';
import { paneStyles } from './pane-styles.ts';
import {
  clampView,
  type Frame,
  magnificationFor,
  ownZoom,
  panBy,
  spotAt,
  type View,
  zoomAt,
} from './viewport.ts';
import { followWipe, wipeAfterKey } from './wipe.ts';

/**
 * The stage: the same results side by side, under a slider, under a lens, or as a difference; one pan and zoom for all.
 * Sends `ll-view-change` (detail: changed parts of ViewState) and `ll-pane-action` (detail: key, action).
 */
export class LlCompare extends LitElement {
  static override properties = {
    cards: { attribute: false },
    baseWidth: { type: Number },
    baseHeight: { type: Number },
    view: { attribute: false },
  };

  declare cards: readonly PaneCard[];
  declare baseWidth: number;
  declare baseHeight: number;
  declare view: ViewState;

  constructor() {
    super();
    this.cards = [];
    this.baseWidth = 256;
    this.baseHeight = 256;
    this.view = INITIAL_VIEW;
    this.addEventListener('ll-resized', () => this.requestUpdate());
  }

  static override styles = [shared, paneStyles, compareStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute('role', 'group');
  }

  override render(): TemplateResult {
    if (this.view.mode === 'slider') return this.#slider();
    if (this.view.mode === 'difference') return this.#difference();
    return html`<div class="stage ${this.view.mode} ${this.cards.length === 4 ? 'four' : ''}">
      ${repeat(
        this.cards,
        (card) => card.key,
        (card) => this.#figure(card),
      )}
    </div>`;
  }

  #figure(card: PaneCard): TemplateResult {
    return html`<figure data-pane=${card.key} data-phase=${card.phase}>
      ${paneHeading(card, this.#act)}
      ${this.#screen(
        html`${this.#picture(card)} ${this.#zoomChip(card)}
        ${card.drawing === null && card.note === null ? html`<span class="empty" aria-hidden="true">${card.scale}</span>` : nothing}`,
        card,
        paneOverlay(card, this.#act),
      )}
      <div class="under">${paneTimings(card)}${paneFootnote(card)}</div>
    </figure>`;
  }

  #slider(): TemplateResult {
    const [first, second] = this.#pair();
    if (first === undefined || second === undefined) return html``;
    return html`<div class="stage slider"><figure data-phase=${second.phase}>
      <div class="pair">${this.#chooser('first', 'Left', first)}${this.#chooser('second', 'Right', second)}</div>
      ${this.#screen(
        html`${this.#picture(first)}${this.#picture(second, 'over')} ${this.#zoomChip(second)}
        <div class="handle" role="slider" tabindex="0" aria-label="Wipe between the two pictures"
          aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.round(this.view.wipe * 100)}
          aria-valuetext="${Math.round(this.view.wipe * 100)} % ${first.title} ${first.scale}"
          @keydown=${(event: KeyboardEvent) => this.#wipe(wipeAfterKey(event, this.view.wipe))}
          @pointerdown=${(event: PointerEvent) => followWipe(event, (wipe) => this.#wipe(wipe))} @dblclick=${(event: Event) => event.stopPropagation()}></div>`,
        second,
        paneOverlay(second, this.#act),
      )}
    </figure></div>`;
  }

  #difference(): TemplateResult {
    const [first, second] = this.#pair();
    if (first === undefined || second === undefined) return html``;
    const label = `Difference of ${first.title} ${first.scale} and ${second.title} ${second.scale}, times ${this.view.gain}`;
    const choose = (
      name: 'first' | 'second',
      card: PaneCard,
    ) => html`<figure data-pane=${card.key} data-phase=${card.phase}>
      <div class="pair">${this.#chooser(name, name === 'first' ? 'Of' : 'And', card)}</div>
      ${this.#screen(html`${this.#picture(card)}${this.#zoomChip(card)}`, card, paneOverlay(card, this.#act))}
      <div class="under">${paneTimings(card)}${paneFootnote(card)}</div>
    </figure>`;
    return html`<div class="stage difference">
      ${choose('first', first)}${choose('second', second)}
      <figure data-pane="difference">
        <div class="pair"><strong class="title">Difference × ${this.view.gain}</strong></div>
        ${this.#screen(
          html`<ll-picture label=${label} .drawing=${first.drawing} .other=${second.drawing} .gain=${this.view.gain}
            .view=${this.#where} .baseWidth=${this.baseWidth} .baseHeight=${this.baseHeight}
            .isSmooth=${this.view.isSmooth}></ll-picture>`,
          second,
          nothing,
        )}
        <div class="under"><p class="footnote">|A − B| per channel, times ${this.view.gain}, at screen resolution</p></div>
      </figure>
    </div>`;
  }

  #screen(content: TemplateResult, card: PaneCard, overlay: unknown): TemplateResult {
    return html`<ll-screen .isZoomed=${this.view.magnification > 1.001}
      .style=${`--wipe: ${this.view.wipe}`}
      @ll-pan=${this.#onPan} @ll-zoom=${this.#onZoom} @ll-point=${this.#onPoint}
      @ll-hundred=${(event: CustomEvent<{ x: number; y: number }>) => this.#onHundred(event, card)}
      >${content}${overlay}</ll-screen>`;
  }

  #picture(card: PaneCard, place = ''): TemplateResult {
    const { lensX: x, lensY: y, lensPower: power } = this.view;
    return html`<ll-picture class=${place} label="${card.title} ${card.scale}, ${card.width} by ${card.height} pixels"
      .drawing=${card.drawing} .view=${this.#where} .baseWidth=${this.baseWidth} .baseHeight=${this.baseHeight}
      .isSmooth=${this.view.isSmooth} .lens=${this.view.mode === 'lens' ? { x, y, power } : null}></ll-picture>`;
  }

  #zoomChip(card: PaneCard): TemplateResult | typeof nothing {
    const frame = this.frame;
    if (card.drawing === null || frame === null || card.width === 0) return nothing;
    const zoom = ownZoom(this.#where, frame, card.width / this.baseWidth);
    return html`<span class="chip zoom" title="Relative to this picture's own pixels">${formatZoom(zoom)}</span>`;
  }

  #chooser(name: 'first' | 'second', label: string, chosen: PaneCard): TemplateResult {
    return html`<label>${label}
      <select aria-label="${label} picture" @change=${(event: Event) =>
        this.#change({ [name]: (event.target as HTMLSelectElement).value as PaneKey })}>
        ${this.cards.map(
          (card) =>
            html`<option value=${card.key} ?selected=${card.key === chosen.key}>${card.title} ${card.scale}</option>`,
        )}
      </select></label>`;
  }

  #pair(): [PaneCard | undefined, PaneCard | undefined] {
    const { first, second } = pairOf(
      this.view,
      this.cards.map((card) => card.key),
    );
    const find = (key: PaneKey) => this.cards.find((card) => card.key === key);
    return [find(first), find(second)];
  }

  get #where(): View {
    const { x, y, magnification } = this.view;
    return { x, y, magnification };
  }

  /** The first pane in device pixels, or null before it has a size. */
  get frame(): Frame | null {
    const picture = this.renderRoot.querySelector?.<LlPicture>('ll-picture') ?? null;
    return picture === null || picture.frame.width <= 1 ? null : picture.frame;
  }

  /** Its own view moves at once: several events may come before the page hands the new one down. */
  #change(change: Partial<ViewState>): void {
    this.view = { ...this.view, ...change };
    this.dispatchEvent(new CustomEvent('ll-view-change', { detail: change, bubbles: true, composed: true }));
  }

  #wipe(place: number | null): void {
    if (place !== null) this.#change({ wipe: Math.min(Math.max(place, 0), 1) });
  }

  #act = (key: string, action: PaneAction): void => {
    this.dispatchEvent(
      new CustomEvent('ll-pane-action', { detail: { key, action }, bubbles: true, composed: true }),
    );
  };

  #surface(event: Event): { frame: Frame; density: number } {
    const picture = (event.currentTarget as HTMLElement).querySelector<LlPicture>('ll-picture');
    if (picture === null) throw new Error('a screen holds a picture');
    return { frame: picture.frame, density: picture.density };
  }

  #onPan = (event: CustomEvent<{ dx: number; dy: number }>): void => {
    if (this.view.magnification <= 1) return;
    const { frame, density } = this.#surface(event);
    this.#change(panBy(this.#where, frame, event.detail.dx * density, event.detail.dy * density));
  };

  #onZoom = (event: CustomEvent<{ factor: number; x: number; y: number }>): void => {
    const { frame, density } = this.#surface(event);
    const { factor, x, y } = event.detail;
    const { magnification } = this.view;
    // The wheel stops at fit, so that turning it on scrolls the page.
    const bounded = factor < 1 && magnification > 1 ? Math.max(factor, 1 / magnification) : factor;
    if (factor < 1 && magnification <= 1) return;
    const next = zoomAt(this.#where, frame, bounded, x * density, y * density);
    if (next.magnification === magnification) return;
    event.preventDefault();
    this.#change(next);
  };

  #onPoint = (event: CustomEvent<{ x: number; y: number }>): void => {
    if (this.view.mode !== 'lens') return;
    const { frame, density } = this.#surface(event);
    const spot = spotAt(this.#where, frame, event.detail.x * density, event.detail.y * density);
    const inside = (value: number) => Math.min(Math.max(value, 0), 1);
    this.#change({ lensX: inside(spot.x), lensY: inside(spot.y) });
  };

  /** Own pixels of the picture under the pointer on device pixels; from there back to all of it. */
  #onHundred = (event: CustomEvent<{ x: number; y: number }>, card: PaneCard): void => {
    const { frame, density } = this.#surface(event);
    const factor = card.width / this.baseWidth;
    const isThere = Math.abs(ownZoom(this.#where, frame, factor) - 1) < 0.001;
    const wanted = isThere ? 1 : magnificationFor(frame, factor, 1);
    const { x, y } = event.detail;
    this.#change(zoomAt(this.#where, frame, wanted / this.view.magnification, x * density, y * density));
  };

  /** Zooms about the middle; for the toolbar and the keyboard. */
  zoomBy(factor: number): void {
    const { frame } = this;
    if (frame !== null) this.#change(zoomAt(this.#where, frame, factor, frame.width / 2, frame.height / 2));
  }

  /** Own pixels of the largest picture on device pixels. */
  zoomToPixels(): void {
    const { frame } = this;
    if (frame === null) return;
    const factor = Math.max(...this.cards.map((card) => card.width / this.baseWidth), 1);
    this.#change(clampView({ ...this.#where, magnification: magnificationFor(frame, factor, 1) }, frame));
  }

  /** Moves the picture, or under the lens the spot, by a part of the pane. */
  moveBy(dx: number, dy: number): void {
    const { frame } = this;
    if (frame === null) return;
    if (this.view.mode === 'lens') {
      const inside = (value: number) => Math.min(Math.max(value, 0), 1);
      const reach = 1 / this.view.magnification;
      this.#change({
        lensX: inside(this.view.lensX + dx * reach),
        lensY: inside(this.view.lensY + dy * reach),
      });
      return;
    }
    this.#change(panBy(this.#where, frame, -dx * frame.width, -dy * frame.height));
  }
}

/** `100 %`, `87 %`, `6.3 %`. */
const formatZoom = (zoom: number): string =>
  zoom < 0.1 ? `${(zoom * 100).toFixed(1)} %` : `${Math.round(zoom * 100)} %`;

customElements.define('ll-compare', LlCompare);
declare global {
  interface HTMLElementTagNameMap {
    'll-compare': LlCompare;
  }
}
