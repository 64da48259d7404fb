import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { PaneCard } from '../../app/show/pane-cards.ts';
import type { PaneKey } from '../../app/state/panes.ts';
import { shared } from '../elements/shared-styles.ts';
import { compareStyles } from './compare-styles.ts';
import { PLAIN } from './draw-picture.ts';
import type { LlPicture } from './ll-picture.ts';
import './ll-picture.ts';
import './ll-screen.ts';
import './ll-navigator.ts';
import { decimal } from '../../words/numbers.ts';
import { stageWords } from '../../words/stage.ts';
import { type PaneAction, paneFootnote, paneHeading, paneOverlay, paneTime } from './pane-parts.ts';
import { paneStyles } from './pane-styles.ts';
import {
  clampView,
  FIT,
  type Frame,
  isCut,
  LEAST_DETAIL,
  magnificationFor,
  ownZoom,
  panBy,
  resolveView,
  seenPart,
  spotAt,
  type Viewport,
  zoomAt,
} from './viewport.ts';
import { INITIAL_VIEW, VIEWS, type ViewChange, type ViewState, viewOf } from './views/index.ts';
import { chosenPair, type Pair } from './views/shared-params.ts';
import type { Painting, Stage, View } from './views/view.ts';

/** Panes are cut to pictures of this shape at the most. */
const MAX_ASPECT = 1.5;

const viewStyles = VIEWS.flatMap(({ styles }: View<object>) => styles ?? []);

/**
 * The stage: the same results as the chosen view shows them, with one pan and zoom for all.
 * Sends `ll-view-change` (detail: changed parts of ViewState) and `ll-pane-action` (detail: key, action).
 */
export class LlCompare extends LitElement implements Stage<ViewState> {
  static override properties = {
    cards: { attribute: false },
    baseWidth: { type: Number },
    baseHeight: { type: Number },
    view: { attribute: false },
    isHeld: { type: Boolean },
    isPeeking: { type: Boolean },
    focusSpot: { attribute: false },
  };

  declare cards: readonly PaneCard[];
  declare baseWidth: number;
  declare baseHeight: number;
  declare view: ViewState;
  declare isHeld: boolean;
  /** The first picture of the pair stands in every place, as long as a key is held. */
  declare isPeeking: boolean;
  /** Where there is detail to look at, 0..1 of each side. */
  declare focusSpot: { readonly x: number; readonly y: number };

  constructor() {
    super();
    this.cards = [];
    this.baseWidth = 256;
    this.baseHeight = 256;
    this.view = INITIAL_VIEW;
    this.isHeld = false;
    this.isPeeking = false;
    this.focusSpot = FIT;
    this.addEventListener('ll-resized', () => this.requestUpdate());
  }

  static override styles = [shared, paneStyles, compareStyles, ...viewStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute('role', 'group');
  }

  /** Width over height of a pane: the picture's own, unless that is a strip. */
  get aspect(): number {
    return Math.min(MAX_ASPECT, Math.max(1 / MAX_ASPECT, this.baseWidth / this.baseHeight));
  }

  override render(): TemplateResult {
    return viewOf(this.view.mode).render(this);
  }

  pane = (card: PaneCard, painting?: Painting): TemplateResult => html`
    <figure data-pane=${card.key} data-phase=${card.phase}>
      ${paneHeading(card, this.act)}
      ${this.screen(
        html`${painting === undefined ? this.picture(card) : this.painted([card], labelOf(card), painting)} ${this.zoomChip(card)}
        ${card.key === this.cards[0]?.key ? this.navigator(card) : nothing}
        ${card.drawing === null && card.note === null ? html`<span class="empty" aria-hidden="true">${card.scale}</span>` : nothing}`,
        card,
        paneOverlay(card, this.act),
      )}
      <div class="under">${paneTime(card)}${paneFootnote(card)}</div>
    </figure>`;

  screen(content: unknown, card: PaneCard, overlay: unknown): TemplateResult {
    return html`<ll-screen .isZoomed=${this.where.magnification > 1.001}
      @ll-pan=${this.#onPan} @ll-zoom=${this.#onZoom} @ll-point=${this.#onPoint}
      @ll-hundred=${(event: CustomEvent<{ x: number; y: number }>) => this.#onHundred(event, card)}
      >${content}${overlay}</ll-screen>`;
  }

  picture = (card: PaneCard, name = ''): TemplateResult =>
    this.painted([card], labelOf(card), { painter: PLAIN, settings: {} }, name);

  painted(cards: readonly PaneCard[], label: string, painting: Painting, name = ''): TemplateResult {
    const peeked = this.isPeeking ? this.pair?.[0].drawing : null;
    return html`<ll-picture class=${name} label=${label} .drawings=${cards.map(({ drawing }) => peeked ?? drawing)}
      .painter=${painting.painter} .settings=${painting.settings} .view=${this.where}
      .baseWidth=${this.baseWidth} .baseHeight=${this.baseHeight} .isSmooth=${this.view.isSmooth}></ll-picture>`;
  }

  zoomChip(card: PaneCard): TemplateResult | typeof nothing {
    const frame = this.frame;
    if (card.drawing === null || frame === null || card.width === 0) return nothing;
    const zoom = ownZoom(this.where, frame, card.width / this.baseWidth);
    return html`<span class="chip zoom" title=${stageWords().zoomHint}>${formatZoom(zoom)}</span>`;
  }

  navigator(card: PaneCard): TemplateResult | typeof nothing {
    const { frame } = this;
    if (frame === null || card.drawing === null || !isCut(this.where, frame)) return nothing;
    return html`<ll-navigator .drawing=${card.drawing} .seen=${seenPart(this.where, frame)}
      .aspect=${frame.baseWidth / frame.baseHeight} @ll-seek=${this.#onSeek}></ll-navigator>`;
  }

  chooser(which: 'first' | 'second', label: string): TemplateResult {
    const chosen = this.pair?.[which === 'first' ? 0 : 1];
    return html`<label>${label}
      <select aria-label=${stageWords().choose(label)} @change=${(event: Event) =>
        this.change({ [which]: (event.target as HTMLSelectElement).value as PaneKey })}>
        ${this.shownCards.map(
          (card) =>
            html`<option value=${card.key} ?selected=${card.key === chosen?.key}>${card.title} ${card.scale}</option>`,
        )}
      </select></label>`;
  }

  get pair(): Pair | null {
    return chosenPair(this.view, this.shownCards);
  }

  /** The part of the pictures that is seen, also where the view leaves it to the detail. */
  get where(): Viewport {
    const { x, y, magnification } = this.view;
    const picture = this.#firstPicture;
    if (picture === null) return magnification > 0 ? { x, y, magnification } : FIT;
    return resolveView({ x, y, magnification }, picture.frame, this.focusSpot, picture.density);
  }

  /** The cards as they are drawn: a 1x picture that the screen enlarges is one that bicubic has enlarged, and says so. */
  get shownCards(): readonly PaneCard[] {
    const picture = this.#firstPicture;
    if (picture === null || !this.view.isSmooth) return this.cards;
    const isEnlarged = ownZoom(this.where, picture.frame, 1) > 1.01;
    return isEnlarged ? this.cards.map((card) => card.stretched ?? card) : this.cards;
  }

  get #firstPicture(): LlPicture | null {
    const picture = this.renderRoot.querySelector?.<LlPicture>('ll-picture') ?? null;
    return picture === null || picture.frame.width <= 1 ? null : picture;
  }

  /** The first pane in device pixels, or null before it has a size. */
  get frame(): Frame | null {
    return this.#firstPicture?.frame ?? null;
  }

  /** Its own view moves at once: several events may come before the page hands the new one down. */
  change = (change: ViewChange): void => {
    this.view = { ...this.view, ...change };
    this.dispatchEvent(new CustomEvent('ll-view-change', { detail: change, bubbles: true, composed: true }));
  };

  act = (key: string, action: PaneAction): void => {
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
    if (this.where.magnification <= 1) return;
    const { frame, density } = this.#surface(event);
    this.change(panBy(this.where, frame, event.detail.dx * density, event.detail.dy * density));
  };

  #onZoom = (event: CustomEvent<{ factor: number; x: number; y: number }>): void => {
    const { frame, density } = this.#surface(event);
    const { factor, x, y } = event.detail;
    const { magnification } = this.where;
    // The wheel stops at fit, so that turning it on scrolls the page.
    const bounded = factor < 1 && magnification > 1 ? Math.max(factor, 1 / magnification) : factor;
    if (factor < 1 && magnification <= 1) return;
    const next = zoomAt(this.where, frame, bounded, x * density, y * density);
    if (next.magnification === magnification) return;
    event.preventDefault();
    this.change(next);
  };

  #onPoint = (event: CustomEvent<{ x: number; y: number }>): void => {
    const { frame, density } = this.#surface(event);
    const spot = spotAt(this.where, frame, event.detail.x * density, event.detail.y * density);
    viewOf(this.view.mode).onPoint?.(this, spot);
  };

  /** Own pixels of the picture under the pointer on device pixels, or twice as near where that would be further away; then back to all of it. */
  #onHundred = (event: CustomEvent<{ x: number; y: number }>, card: PaneCard): void => {
    const { frame, density } = this.#surface(event);
    const own = magnificationFor(frame, card.width / this.baseWidth, 1);
    const near = own > 1.001 ? own : LEAST_DETAIL;
    const { magnification } = this.where;
    const wanted = Math.abs(magnification / near - 1) < 0.001 ? 1 : near;
    const { x, y } = event.detail;
    this.change(zoomAt(this.where, frame, wanted / this.where.magnification, x * density, y * density));
  };

  /** Puts a spot of the picture in the middle. */
  #onSeek = (event: CustomEvent<{ x: number; y: number }>): void => {
    const { frame } = this;
    if (frame !== null) this.change(clampView({ ...this.where, ...event.detail }, frame));
  };

  /** Zooms about the middle; for the toolbar and the keyboard. */
  zoomBy(factor: number): void {
    const { frame } = this;
    if (frame !== null) this.change(zoomAt(this.where, frame, factor, frame.width / 2, frame.height / 2));
  }

  /** Own pixels of the largest picture on device pixels. */
  zoomToPixels(): void {
    const { frame } = this;
    if (frame === null) return;
    const factor = Math.max(...this.cards.map((card) => card.width / this.baseWidth), 1);
    this.change(clampView({ ...this.where, magnification: magnificationFor(frame, factor, 1) }, frame));
  }

  /** Moves by a part of the pane: the picture, or what the view moves in its place. */
  moveBy(dx: number, dy: number): void {
    const { frame } = this;
    if (frame === null) return;
    const { onMove } = viewOf(this.view.mode);
    if (onMove !== undefined) onMove(this, dx, dy);
    else this.change(panBy(this.where, frame, -dx * frame.width, -dy * frame.height));
  }
}

const labelOf = (card: PaneCard): string =>
  stageWords().label(`${card.title} ${card.scale}`, card.width, card.height);

/** `100%`, `87%`, `6.3%`. */
const formatZoom = (zoom: number): string => `${decimal(zoom * 100, zoom < 0.1 ? 1 : 0)}%`;

customElements.define('ll-compare', LlCompare);
declare global {
  interface HTMLElementTagNameMap {
    'll-compare': LlCompare;
  }
}
