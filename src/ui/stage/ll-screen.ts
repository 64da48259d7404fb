import { css, html, LitElement } from 'lit';
import { followGestures } from './gestures.ts';

/** Sent by the gestures on a screen; `x`, `y` and distances are CSS pixels of the screen. */
export interface ScreenEvents {
  'll-pan': CustomEvent<{ dx: number; dy: number }>;
  /** Cancelled by the listener where it changed something: then the page does not scroll. */
  'll-zoom': CustomEvent<{ factor: number; x: number; y: number }>;
  'll-point': CustomEvent<{ x: number; y: number }>;
  'll-hundred': CustomEvent<{ x: number; y: number }>;
}

/** A surface to be dragged, wheeled and pinched. At rest one finger scrolls the page; `isZoomed` gives that finger to the picture. */
export class LlScreen extends LitElement {
  static override properties = { isZoomed: { type: Boolean, reflect: true, attribute: 'zoomed' } };
  declare isZoomed: boolean;
  #leave: (() => void) | null = null;

  constructor() {
    super();
    this.isZoomed = false;
  }

  static override styles = css`
    :host {
      display: block;
      position: relative;
      touch-action: pan-x pan-y;
      user-select: none;
      cursor: crosshair;
    }
    :host([zoomed]) {
      touch-action: none;
      cursor: grab;
    }
    :host([zoomed]:active) {
      cursor: grabbing;
    }
  `;

  override connectedCallback(): void {
    super.connectedCallback();
    const send = (name: keyof ScreenEvents, detail: object): boolean =>
      this.dispatchEvent(new CustomEvent(name, { detail, cancelable: true }));
    this.#leave = followGestures(this, {
      onPan: (dx, dy) => send('ll-pan', { dx, dy }),
      onZoom: (factor, x, y) => !send('ll-zoom', { factor, x, y }),
      onPoint: (x, y) => send('ll-point', { x, y }),
      onDoubleClick: (x, y) => send('ll-hundred', { x, y }),
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#leave?.();
  }

  override render() {
    return html`<slot></slot>`;
  }
}

customElements.define('ll-screen', LlScreen);
declare global {
  interface HTMLElementTagNameMap {
    'll-screen': LlScreen;
  }
}
