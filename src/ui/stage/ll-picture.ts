import { css, html, LitElement, type PropertyValues } from 'lit';
import { drawDifference, drawLens, drawPicture } from './draw-picture.ts';
import { type Pyramid, pyramidOf } from './pyramid.ts';
import { FIT, type Frame, type View } from './viewport.ts';

export interface Drawing {
  readonly bitmap: ImageBitmap | OffscreenCanvas;
  /** Grows when the same canvas has new pixels. */
  readonly version: number;
  readonly isPreview: boolean;
}

export interface Lens {
  readonly x: number;
  readonly y: number;
  readonly power: number;
}

/** Whoever renders makes new objects; only new contents are worth a drawing. */
const differs = (next: object | null | undefined, last: object | null | undefined): boolean =>
  next == null || last == null
    ? next !== last
    : Object.entries(next).some(([name, value]) => value !== last[name as keyof typeof last]);

/** Radius of the magnifier, CSS pixels; smaller where the pane is. */
const LENS_RADIUS = 96;

/**
 * One picture, drawn as `view` says into a canvas of exactly the element's device pixels; with `other`, the amplified
 * difference of two. Knows no interaction: numbers and bitmaps in.
 */
export class LlPicture extends LitElement {
  static override properties = {
    drawing: { attribute: false, hasChanged: differs },
    other: { attribute: false, hasChanged: differs },
    gain: { type: Number },
    view: { attribute: false, hasChanged: differs },
    baseWidth: { type: Number },
    baseHeight: { type: Number },
    isSmooth: { type: Boolean },
    lens: { attribute: false, hasChanged: differs },
    label: { type: String },
  };

  declare drawing: Drawing | null;
  declare other: Drawing | null;
  declare gain: number;
  declare view: View;
  declare baseWidth: number;
  declare baseHeight: number;
  declare isSmooth: boolean;
  declare lens: Lens | null;
  declare label: string;

  #pixels = { width: 0, height: 0 };
  #observer: ResizeObserver | null = null;

  constructor() {
    super();
    this.drawing = null;
    this.other = null;
    this.gain = 0;
    this.view = FIT;
    this.baseWidth = 1;
    this.baseHeight = 1;
    this.isSmooth = true;
    this.lens = null;
    this.label = '';
  }

  static override styles = css`
    :host {
      display: block;
      position: relative;
      overflow: hidden;
      contain: strict;
    }
    canvas {
      position: absolute;
      inset: 0;
      width: 100%;
      height: 100%;
    }
  `;

  /** The pane in device pixels, for whoever moves the view. */
  get frame(): Frame {
    return {
      width: Math.max(1, this.#pixels.width),
      height: Math.max(1, this.#pixels.height),
      baseWidth: this.baseWidth,
      baseHeight: this.baseHeight,
    };
  }

  /** Device pixels per CSS pixel of this pane. */
  get density(): number {
    return this.clientWidth > 0 ? this.#pixels.width / this.clientWidth : 1;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer = new ResizeObserver(() => this.#measure());
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
  }

  #measure(): void {
    const box = this.getBoundingClientRect();
    const ratio = window.devicePixelRatio;
    this.#pixels = { width: Math.round(box.width * ratio), height: Math.round(box.height * ratio) };
    this.dispatchEvent(new CustomEvent('ll-resized', { bubbles: true, composed: true }));
    this.requestUpdate();
  }

  override render() {
    return html`<canvas role="img" aria-label=${this.label}></canvas>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const canvas = this.renderRoot.querySelector('canvas');
    const context = canvas?.getContext('2d', { alpha: true });
    if (!canvas || !context || this.#pixels.width === 0) return;
    if (canvas.width !== this.#pixels.width || canvas.height !== this.#pixels.height) {
      canvas.width = this.#pixels.width;
      canvas.height = this.#pixels.height;
    }
    context.clearRect(0, 0, canvas.width, canvas.height);
    this.#draw(context);
  }

  #draw(context: CanvasRenderingContext2D): void {
    const pyramid = this.#pyramid(this.drawing);
    if (pyramid === null) return;
    const isSmooth = this.isSmooth || this.drawing?.isPreview === true;
    if (this.gain > 0) {
      const other = this.#pyramid(this.other);
      if (other === null) return;
      drawDifference(context, [pyramid, other], this.view, this.frame, { isSmooth, gain: this.gain });
      return;
    }
    drawPicture(context, pyramid, this.view, this.frame, isSmooth);
    if (this.lens !== null) {
      const radius = Math.min(LENS_RADIUS * this.density, this.frame.width * 0.3, this.frame.height * 0.3);
      drawLens(context, pyramid, this.view, this.frame, { ...this.lens, radius }, isSmooth);
    }
  }

  /** Canvases that still change have no smaller copies: those would be stale with the next tile. */
  #pyramid(drawing: Drawing | null): Pyramid | null {
    if (drawing === null) return null;
    if (!(drawing.bitmap instanceof ImageBitmap)) return { levels: [drawing.bitmap] };
    return pyramidOf(drawing.bitmap, () => this.requestUpdate());
  }
}

customElements.define('ll-picture', LlPicture);
declare global {
  interface HTMLElementTagNameMap {
    'll-picture': LlPicture;
  }
}
