import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { formatMs } from '../../app/show/figures.ts';
import { channelOf, greyPixels, histogram, shownRange, spreadOf } from '../../core/latent/channel-view.ts';
import type { Latent } from '../../core/latent/latent.ts';
import { howWords } from '../../words/how.ts';
import { decimal } from '../../words/numbers.ts';
import { shared } from './shared-styles.ts';

type Drawable = ImageBitmap | OffscreenCanvas;

/** What the strip shows of one way from latent to picture; null is not there (yet). */
export interface Steps {
  readonly latent: Latent | null;
  /** The network that enlarges, by its name. */
  readonly upscaler: string;
  /** The latent after it, twice as wide and high. */
  readonly larger: Latent | null;
  readonly picture: { readonly bitmap: Drawable; readonly width: number; readonly height: number } | null;
  readonly upscaleMs: number | null;
  readonly decodeMs: number | null;
}

const NOTHING: Steps = {
  upscaler: 'LUA',
  latent: null,
  larger: null,
  picture: null,
  upscaleMs: null,
  decodeMs: null,
};

/** The page tells the steps at every turn; only other contents are worth a drawing. */
const differs = (next: Steps, last: Steps | undefined): boolean =>
  last === undefined || (Object.keys(next) as (keyof Steps)[]).some((name) => next[name] !== last[name]);

/** Channels of the small mosaic: enough to see that they differ. */
const MOSAIC = 9;
const BINS = 48;

const sizeOf = (latent: Latent): string => howWords().size(latent.width, latent.height, latent.channels);

/**
 * How a larger picture comes about: the latent, LUA, the larger latent, one decode; with the values of a channel behind a
 * click. Sends `ll-how-larger` when the larger latent is asked for.
 */
export class LlHow extends LitElement {
  static override properties = {
    steps: { attribute: false, hasChanged: differs },
    isBusy: { type: Boolean },
    channel: { state: true },
    isOpen: { state: true },
  };
  declare steps: Steps;
  declare isBusy: boolean;
  declare channel: number;
  declare isOpen: boolean;

  constructor() {
    super();
    this.steps = NOTHING;
    this.isBusy = false;
    this.channel = 0;
    this.isOpen = false;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      ol {
        display: grid;
        grid-template-columns: auto minmax(4rem, 1fr) auto minmax(4rem, 1fr) auto;
        gap: var(--space-3);
        align-items: center;
        margin: 0;
        padding: 0;
        list-style: none;
        font-size: var(--step--1);
      }
      li {
        min-width: 0;
      }
      canvas {
        display: block;
        width: 7.5rem;
        height: 7.5rem;
        border-radius: var(--radius);
        background: var(--sunken);
        object-fit: cover;
      }
      canvas.cells {
        image-rendering: pixelated;
      }
      .step {
        color: var(--muted);
        text-align: center;
      }
      .step b {
        display: block;
        color: var(--ink);
      }
      .step::after {
        content: '';
        display: block;
        height: 2px;
        margin-top: 0.6rem;
        background: var(--line-strong);
      }
      small {
        display: block;
        margin-top: var(--space-1);
        color: var(--muted);
        font-size: var(--step--2);
        font-variant-numeric: tabular-nums;
      }
      details {
        margin-top: var(--space-3);
      }
      summary {
        width: max-content;
        list-style: none;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      .channel {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-4);
        align-items: start;
        margin-top: var(--space-3);
        font-size: var(--step--1);
      }
      .channel canvas {
        width: 12rem;
        height: auto;
      }
      .channel canvas.bars {
        width: 18rem;
        height: 9rem;
      }
      label {
        display: flex;
        gap: var(--space-2);
        align-items: center;
      }
      input {
        width: 12rem;
        accent-color: var(--accent);
      }
      @media (max-width: 760px) {
        ol {
          grid-template-columns: auto minmax(3rem, 1fr) auto;
        }
        canvas {
          width: 6rem;
          height: 6rem;
        }
        li:nth-child(4) {
          grid-column: 2;
        }
        li:nth-child(5) {
          grid-column: 3;
        }
      }
    `,
  ];

  override render(): TemplateResult {
    const { latent, larger, picture, upscaleMs, decodeMs } = this.steps;
    const say = howWords();
    const time = (ms: number | null) => (ms === null ? '' : formatMs(ms));
    return html`<ol>
        <li><canvas class="cells" id="small" width="1" height="1" role="img" aria-label=${say.channels}></canvas>
          <small>${say.latent(latent === null ? '–' : sizeOf(latent))}</small></li>
        <li class="step"><b>${this.steps.upscaler} 2×</b>${time(upscaleMs)}</li>
        <li><canvas class="cells" id="large" width="1" height="1" role="img" aria-label=${say.channelsAfter(this.steps.upscaler)}></canvas>
          <small>${
            larger !== null
              ? say.latent(sizeOf(larger))
              : html`<button class="button" ?disabled=${latent === null || this.isBusy} @click=${this.#askLarger}>${this.isBusy ? say.upscaling : say.showLatent}</button>`
          }</small></li>
        <li class="step"><b>${say.decoder}</b>${time(decodeMs)}</li>
        <li><canvas id="picture" width="240" height="240" role="img" aria-label=${say.decoded}></canvas>
          <small>${say.picture(picture === null ? '–' : `${picture.width} × ${picture.height} px`)}</small></li>
      </ol>
      <details @toggle=${(event: Event) => {
        this.isOpen = (event.currentTarget as HTMLDetailsElement).open;
      }}><summary class="button">${say.viewer}</summary>${this.isOpen && latent !== null ? this.#viewer(latent) : nothing}</details>`;
  }

  #viewer(latent: Latent): TemplateResult {
    const { min, max, mean, std } = spreadOf(channelOf(latent, this.channel));
    const two = (value: number): string => decimal(value, 2);
    const say = howWords();
    const number = this.channel + 1;
    return html`<div class="channel">
      <div><label>${say.channel} <input type="range" min="0" max=${latent.channels - 1} .value=${String(this.channel)}
        aria-valuetext=${say.numbered(number, latent.channels)}
        @input=${(event: Event) => {
          this.channel = Number((event.target as HTMLInputElement).value);
        }} /></label>
        <small>${say.numbered(number, latent.channels)}: ${say.values(two(min), two(max), two(mean), two(std))}</small></div>
      <canvas class="cells" id="channel" width="1" height="1" role="img" aria-label=${say.asGrey(number)}></canvas>
      <canvas class="bars" id="bars" width="576" height="288" role="img" aria-label=${say.howOften(number)}></canvas>
    </div>`;
  }

  protected override updated(): void {
    const { latent, larger, picture } = this.steps;
    if (latent !== null) this.#mosaic('small', latent);
    if (larger !== null) this.#mosaic('large', larger);
    if (picture !== null && picture.bitmap.width > 0) this.#picture(picture.bitmap);
    if (latent !== null && this.isOpen) this.#channel(latent);
  }

  #context(id: string): CanvasRenderingContext2D | null {
    return this.renderRoot.querySelector<HTMLCanvasElement>(`#${id}`)?.getContext('2d') ?? null;
  }

  #mosaic(id: string, latent: Latent): void {
    const context = this.#context(id);
    if (context === null) return;
    const { width, height } = latent;
    const side = Math.sqrt(MOSAIC);
    context.canvas.width = side * width;
    context.canvas.height = side * height;
    for (let c = 0; c < Math.min(MOSAIC, latent.channels); c += 1) {
      context.putImageData(greyImage(latent, c), (c % side) * width, Math.floor(c / side) * height);
    }
  }

  #picture(bitmap: Drawable): void {
    const context = this.#context('picture');
    if (context === null) return;
    const side = Math.min(bitmap.width, bitmap.height);
    const { width, height } = context.canvas;
    context.imageSmoothingQuality = 'high';
    context.drawImage(
      bitmap,
      (bitmap.width - side) / 2,
      (bitmap.height - side) / 2,
      side,
      side,
      0,
      0,
      width,
      height,
    );
  }

  #channel(latent: Latent): void {
    const context = this.#context('channel');
    const bars = this.#context('bars');
    if (context === null || bars === null) return;
    context.canvas.width = latent.width;
    context.canvas.height = latent.height;
    context.putImageData(greyImage(latent, this.channel), 0, 0);
    const values = channelOf(latent, this.channel);
    const { min: low, max: high } = spreadOf(values);
    const counts = histogram(values, BINS, { low, high });
    const most = Math.max(1, ...counts);
    const { width, height } = bars.canvas;
    bars.clearRect(0, 0, width, height);
    bars.fillStyle = getComputedStyle(this).getPropertyValue('--span-decode') || '#4d63c4';
    counts.forEach((count, bin) => {
      const tall = (count / most) * (height - 8);
      bars.fillRect((bin * width) / BINS + 1, height - tall, width / BINS - 2, tall);
    });
  }

  #askLarger = (): void => {
    this.dispatchEvent(new CustomEvent('ll-how-larger', { bubbles: true, composed: true }));
  };
}

function greyImage(latent: Latent, channel: number): ImageData {
  const values = channelOf(latent, channel);
  return new ImageData(greyPixels(values, shownRange(values)), latent.width, latent.height);
}

customElements.define('ll-how', LlHow);
declare global {
  interface HTMLElementTagNameMap {
    'll-how': LlHow;
  }
}
