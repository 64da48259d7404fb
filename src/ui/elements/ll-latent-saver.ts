import { css, html, LitElement, type TemplateResult } from 'lit';
import { belowWords } from '../../words/below.ts';
import { shared } from './shared-styles.ts';

export interface SaveRequest {
  readonly scale: 1 | 2 | 4;
  readonly format: string;
}

/** Chooses size and format of a latent to download. Sends `ll-save-latent` (detail: SaveRequest). */
export class LlLatentSaver extends LitElement {
  static override properties = {
    formats: { attribute: false },
    scales: { attribute: false },
    isBusy: { type: Boolean },
  };
  declare formats: readonly { readonly value: string; readonly label: string }[];
  declare scales: readonly (1 | 2 | 4)[];
  declare isBusy: boolean;

  constructor() {
    super();
    this.formats = [];
    this.scales = [];
    this.isBusy = false;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        min-height: 4.2rem;
        margin-top: var(--space-3);
        padding-top: var(--space-3);
        border-top: 1px solid var(--line);
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
        align-items: center;
        margin: 0;
      }
      .format {
        flex: 1 1 9rem;
        min-width: 0;
      }
    `,
  ];

  override render(): TemplateResult {
    const say = belowWords();
    return html`<form @submit=${this.#submit}>
      <select name="scale" aria-label=${say.sizeOfLatent} ?disabled=${this.scales.length === 0}>
        ${this.scales.map((scale) => html`<option value=${scale}>${say.latentAt(scale)}</option>`)}
      </select>
      <select class="format" name="format" aria-label=${say.fileFormat} ?disabled=${this.scales.length === 0}>
        ${this.formats.map(({ value, label }) => html`<option value=${value}>${label}</option>`)}
      </select>
      <button class="button" ?disabled=${this.isBusy || this.scales.length === 0}>${this.isBusy ? say.making : say.download}</button>
    </form>`;
  }

  #submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const detail: SaveRequest = {
      scale: Number(data.get('scale')) as SaveRequest['scale'],
      format: String(data.get('format')),
    };
    this.dispatchEvent(new CustomEvent('ll-save-latent', { detail, bubbles: true, composed: true }));
  };
}

customElements.define('ll-latent-saver', LlLatentSaver);
declare global {
  interface HTMLElementTagNameMap {
    'll-latent-saver': LlLatentSaver;
  }
}
