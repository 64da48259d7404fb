import { css, html, LitElement } from 'lit';
import type { Drawing } from './ll-picture.ts';

/** A part of a picture, 0..1 of each side. */
export interface Part {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Device pixels of its longer side: enough for two a CSS pixel. */
const SIDE = 192;

/**
 * The whole picture in small with a frame around what is seen; a press or a drag sends `ll-seek` (detail: x, y in 0..1 of each
 * side). For the pointer alone: the arrow keys of the stage do the same.
 */
export class LlNavigator extends LitElement {
  static override properties = {
    drawing: { attribute: false },
    seen: { attribute: false },
    aspect: { type: Number },
  };
  declare drawing: Drawing | null;
  declare seen: Part;
  /** Width by height of the picture. */
  declare aspect: number;
  #drawn: unknown = null;

  constructor() {
    super();
    this.drawing = null;
    this.seen = { left: 0, top: 0, width: 1, height: 1 };
    this.aspect = 1;
    this.addEventListener('pointerdown', this.#grab);
    this.addEventListener('pointermove', (event) => {
      event.stopPropagation();
      if (this.hasPointerCapture(event.pointerId)) this.#seek(event);
    });
    for (const name of ['dblclick', 'pointerup']) {
      this.addEventListener(name, (event) => event.stopPropagation());
    }
  }

  static override styles = css`
    :host {
      position: absolute;
      top: 8px;
      right: 8px;
      overflow: hidden;
      border: 1px solid rgb(255 255 255 / 70%);
      border-radius: 5px;
      box-shadow: 0 1px 6px rgb(0 0 0 / 45%);
      cursor: move;
      touch-action: none;
      --side: clamp(56px, 22cqi, 96px);
    }
    canvas {
      display: block;
    }
    span {
      position: absolute;
      box-sizing: border-box;
      border: 2px solid #fff;
      border-radius: 2px;
      box-shadow: 0 0 0 200px rgb(0 0 0 / 38%);
    }
  `;

  override render() {
    const { left, top, width, height } = this.seen;
    const percent = (part: number) => `${(part * 100).toFixed(2)}%`;
    const wide = this.aspect >= 1;
    const size = wide
      ? `width: var(--side); height: calc(var(--side) / ${this.aspect})`
      : `height: var(--side); width: calc(var(--side) * ${this.aspect})`;
    return html`<canvas aria-hidden="true" .style=${size} width=${Math.round(wide ? SIDE : SIDE * this.aspect)}
        height=${Math.round(wide ? SIDE / this.aspect : SIDE)}></canvas>
      <span .style=${`left: ${percent(left)}; top: ${percent(top)}; width: ${percent(width)}; height: ${percent(height)}`}></span>`;
  }

  protected override updated(): void {
    const { drawing } = this;
    const state = drawing === null ? null : `${drawing.version} ${drawing.bitmap.width} ${this.aspect}`;
    if (drawing === null || drawing.bitmap.width === 0) return;
    if (this.#drawn === drawing.bitmap && this.dataset['drawn'] === state) return;
    const canvas = this.renderRoot.querySelector('canvas');
    const context = canvas?.getContext('2d');
    if (!canvas || !context) return;
    context.imageSmoothingQuality = 'high';
    context.drawImage(drawing.bitmap, 0, 0, canvas.width, canvas.height);
    this.#drawn = drawing.bitmap;
    this.dataset['drawn'] = state ?? '';
  }

  #grab = (event: PointerEvent): void => {
    event.stopPropagation();
    if (event.button !== 0) return;
    this.setPointerCapture(event.pointerId);
    this.#seek(event);
  };

  #seek(event: PointerEvent): void {
    const box = this.getBoundingClientRect();
    const inside = (place: number) => Math.min(Math.max(place, 0), 1);
    const detail = {
      x: inside((event.clientX - box.left) / box.width),
      y: inside((event.clientY - box.top) / box.height),
    };
    this.dispatchEvent(new CustomEvent('ll-seek', { detail, bubbles: true, composed: true }));
  }
}

customElements.define('ll-navigator', LlNavigator);
declare global {
  interface HTMLElementTagNameMap {
    'll-navigator': LlNavigator;
  }
}
