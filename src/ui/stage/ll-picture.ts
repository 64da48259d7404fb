import { css, html, LitElement, type PropertyValues } from 'lit';
import { type Painter, PLAIN } from './draw-picture.ts';
import { type Pyramid, pyramidOf } from './pyramid.ts';
import { FIT, type Frame, type Viewport } from './viewport.ts';

export interface Drawing {
  readonly bitmap: ImageBitmap | OffscreenCanvas;
  /** Grows when the same canvas has new pixels. */
  readonly version: number;
  readonly isPreview: boolean;
}

/** Whoever renders makes new objects; only new contents are worth a drawing. */
const differs = (next: object | null | undefined, last: object | null | undefined): boolean =>
  next == null || last == null
    ? next !== last
    : Object.entries(next).some(([name, value]) => value !== last[name as keyof typeof last]);

const differsAnywhere = (
  next: readonly (Drawing | null)[],
  last: readonly (Drawing | null)[] = [],
): boolean => next.length !== last.length || next.some((drawing, index) => differs(drawing, last[index]));

/**
 * A canvas of exactly the element's device pixels, on which `painter` draws `drawings` as `view` and `settings` say; nothing
 * as long as one of them is missing. Knows no interaction and no compare view: numbers and bitmaps in.
 */
export class LlPicture extends LitElement {
  static override properties = {
    drawings: { attribute: false, hasChanged: differsAnywhere },
    painter: { attribute: false },
    settings: { attribute: false, hasChanged: differs },
    view: { attribute: false, hasChanged: differs },
    baseWidth: { type: Number },
    baseHeight: { type: Number },
    isSmooth: { type: Boolean },
    label: { type: String },
  };

  declare drawings: readonly (Drawing | null)[];
  declare painter: Painter<object>;
  declare settings: object;
  declare view: Viewport;
  declare baseWidth: number;
  declare baseHeight: number;
  declare isSmooth: boolean;
  declare label: string;

  #pixels = { width: 0, height: 0 };
  #observer: ResizeObserver | null = null;

  constructor() {
    super();
    this.drawings = [];
    this.painter = PLAIN;
    this.settings = {};
    this.view = FIT;
    this.baseWidth = 1;
    this.baseHeight = 1;
    this.isSmooth = true;
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
    const pictures = this.drawings.flatMap((drawing) => (drawing === null ? [] : [this.#pyramid(drawing)]));
    if (pictures.length === 0 || pictures.length < this.drawings.length) return;
    const { view: where, frame, density } = this;
    const isSmooth = this.isSmooth || this.drawings[0]?.isPreview === true;
    this.painter.paint(context, pictures, { where, frame, isSmooth, density }, this.settings);
  }

  /** Canvases that still change have no smaller copies: those would be stale with the next tile. */
  #pyramid(drawing: Drawing): Pyramid {
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
