import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type {
  FamilyRow,
  KnownRow,
  ModelsContent,
  SlotRow,
  StoredRow,
} from '../../app/models/models-content.ts';
import { WEIGHT_FILES } from '../../core/containers/index.ts';
import type { FamilyId } from '../../core/latent/latent.ts';
import type { Role } from '../../core/role.ts';
import { modelsStyles } from './models-styles.ts';
import { shared } from './shared-styles.ts';

/** What a person asks of the panel. */
export type ModelsCommand =
  | { readonly kind: 'files'; readonly files: readonly File[] }
  | { readonly kind: 'fetch'; readonly address: string }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'discard'; readonly address: string }
  | { readonly kind: 'remove'; readonly id: NonNullable<StoredRow['id']> }
  | { readonly kind: 'clear' }
  | {
      readonly kind: 'choose';
      readonly family: FamilyId | null;
      readonly slot: Role;
      readonly id: string;
    };

/** The models panel, a dialog of its own. Sends `ll-models-command` (detail: ModelsCommand). */
export class LlModels extends LitElement {
  static override properties = {
    content: { attribute: false },
    notice: { attribute: false },
    isOpen: { type: Boolean },
    family: { attribute: false },
  };
  declare content: ModelsContent | null;
  declare notice: { readonly tone: 'error' | 'info'; readonly text: string } | null;
  declare isOpen: boolean;
  /** The family whose public files are open at first. */
  declare family: FamilyId | null;

  constructor() {
    super();
    this.content = null;
    this.notice = null;
    this.isOpen = false;
    this.family = null;
  }

  static override styles = [shared, modelsStyles];

  override render(): TemplateResult {
    const { content, notice } = this;
    return html`<dialog aria-labelledby="title" @close=${this.#closed} @click=${this.#clickBeside}
      @keydown=${(event: KeyboardEvent) => event.stopPropagation()}>
      <header><h2 id="title">Models</h2><button class="button" @click=${() => this.#dialog?.close()}>Close</button></header>
      <div class="dialog-body">
        <div class="add">
          <p>Drop a VAE or a LUA checkpoint anywhere on this page (${WEIGHT_FILES}). What it is, is told by
            its tensors. It stays in this browser.</p>
          <div class="sources">
            <button class="button strong" @click=${() => this.#input?.click()}>Choose a file</button>
            <input class="hidden" type="file" multiple tabindex="-1" aria-label="Weights files" @change=${this.#chosen} />
            <form @submit=${this.#fetch}>
              <input type="text" name="address" inputmode="url" autocomplete="off" spellcheck="false"
                aria-label="Address of a weights file" placeholder="https://huggingface.co/…" />
              <button class="button">Fetch</button>
            </form>
          </div>
          ${content === null ? nothing : this.#unfinished(content)}
        </div>
        ${content === null ? nothing : [this.#families(content), this.#stored(content)]}
      </div>
      <footer>
        ${content === null ? nothing : this.#moving(content)}
        <p class="notice ${notice?.tone ?? ''}" role=${notice?.tone === 'error' ? 'alert' : 'status'}>${notice?.text ?? ''}</p>
      </footer>
    </dialog>`;
  }

  #moving({ transfers }: ModelsContent): TemplateResult | typeof nothing {
    if (transfers.length === 0) return nothing;
    return html`<ul aria-label="On their way">${transfers.map(
      ({ id, name, text, progress }) => html`<li data-transfer>
        <div class="row"><div><span class="name">${name}</span><p class="muted">${text}</p></div>
          <button class="button" aria-label="Cancel ${name}" @click=${() => this.#send({ kind: 'cancel', id })}>Cancel</button></div>
        <div class="bar" role="progressbar" aria-label="Progress of ${name}" aria-valuemin="0" aria-valuemax="100"
          aria-valuenow=${Math.round((progress ?? 0) * 100)} .style=${`--progress: ${progress ?? 0}`}></div></li>`,
    )}</ul>`;
  }

  #unfinished({ unfinished }: ModelsContent): TemplateResult | typeof nothing {
    if (unfinished.length === 0) return nothing;
    return html`<ul aria-label="Unfinished">${unfinished.map(
      ({ address, name, text }) => html`<li data-unfinished><div class="row">
        <div><span class="name">${name}</span><p class="muted">${text}</p></div>
        <button class="button" aria-label="Resume ${name}" @click=${() => this.#send({ kind: 'fetch', address })}>Resume</button>
        <button class="button" aria-label="Discard ${name}" @click=${() => this.#send({ kind: 'discard', address })}>Discard</button>
      </div></li>`,
    )}</ul>`;
  }

  #families({ families, pixelSlot }: ModelsContent): TemplateResult {
    return html`<h3>Models in use</h3>
      <ul aria-label="Families">${families.map((row) => this.#family(row))}
        ${
          pixelSlot === null
            ? nothing
            : html`<li class="family"><div class="name">Any picture</div>
                <div class="slots">${this.#slot(null, 'any picture', pixelSlot)}</div>${forecast([pixelSlot])}</li>`
        }</ul>
      <p class="muted below">Downloads come from their authors' sites, only when you click, under their own licences.</p>`;
  }

  #family({ id, title, isCurrent, slots, known }: FamilyRow): TemplateResult {
    return html`<li class="family ${isCurrent ? 'current' : ''}" data-family=${id}>
      <div><span class="name">${title}</span>${isCurrent ? html`<br /><span class="tag">open now</span>` : nothing}</div>
      ${
        slots.every(({ options }) => options.length === 0)
          ? html`<p class="muted">Quick preview only: no weights yet.</p>`
          : html`<div class="slots">${slots.map((slot) => this.#slot(id, title, slot))}</div>`
      }
      ${forecast(slots)}
      ${
        known.length === 0
          ? nothing
          : html`<details ?open=${this.family === id}>
              <summary>${known.length === 1 ? '1 download' : `${known.length} downloads`}</summary>
              ${known.map((row) => this.#known(row))}</details>`
      }
    </li>`;
  }

  #slot(family: FamilyId | null, title: string, { slot, label, chosen, options }: SlotRow): TemplateResult {
    return html`<label>${label}<select aria-label="${label} for ${title}" data-slot=${slot} ?disabled=${options.length === 0}
      @change=${(event: Event) =>
        this.#send({ kind: 'choose', family, slot, id: (event.target as HTMLSelectElement).value })}>
      ${chosen === '' ? html`<option value="" disabled selected>None</option>` : nothing}
      ${options.map(({ id, label: text }) => html`<option value=${id} .selected=${id === chosen}>${text}</option>`)}
    </select></label>`;
  }

  #known({ id, title, text, purpose, address, state }: KnownRow): TemplateResult {
    return html`<div class="row known" data-known=${id}><div><span class="name">${title}</span> <span class="muted">${purpose}</span><p class="muted">${text}</p></div>
      ${
        state === 'stored'
          ? html`<span class="tag">stored</span>`
          : html`<button class="button" aria-label="Fetch ${title}" title=${address} ?disabled=${state === 'fetching'}
              @click=${() => this.#send({ kind: 'fetch', address })}>${state === 'fetching' ? 'Fetching…' : 'Fetch'}</button>`
      }</div>`;
  }

  #stored({ stored, storage, canClear }: ModelsContent): TemplateResult {
    return html`<h3>Available models</h3>
      <ul aria-label="Available models">${stored.map((row) => this.#atHand(row))}
        <li><div class="row"><p class="muted" data-storage>Added weights: ${storage}</p>
          <button class="button" ?disabled=${!canClear} @click=${() => this.#send({ kind: 'clear' })}>Clear all</button></div></li>
      </ul>`;
  }

  #atHand({ id, name, networks, text, sha256 }: StoredRow): TemplateResult {
    return html`<li data-weights=${id ?? 'built-in'}><div class="row">
      <div><span class="name">${name}</span>
        ${networks.map((network) => html`<p>${network}</p>`)}
        <p class="muted">${text}</p><p class="muted hash" title="SHA-256">${sha256}</p></div>
      ${
        id === null
          ? nothing
          : html`<button class="button" aria-label="Remove ${name}" @click=${() => this.#send({ kind: 'remove', id })}>Remove</button>`
      }
    </div></li>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('isOpen')) return;
    if (this.isOpen) this.#dialog?.showModal();
    else this.#dialog?.close();
    if (this.isOpen && this.family !== null) {
      this.renderRoot.querySelector(`[data-family="${this.family}"]`)?.scrollIntoView({ block: 'center' });
    }
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog');
  }

  get #input(): HTMLInputElement | null {
    return this.renderRoot.querySelector('input[type="file"]');
  }

  #closed = (): void => {
    this.isOpen = false;
  };

  #clickBeside = (event: MouseEvent): void => {
    if (event.target === this.#dialog) this.#dialog?.close();
  };

  #chosen = (): void => {
    const input = this.#input;
    if (input === null) return;
    this.#send({ kind: 'files', files: [...(input.files ?? [])] });
    input.value = '';
  };

  #fetch = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const address = String(new FormData(form).get('address')).trim();
    if (address === '') return;
    this.#send({ kind: 'fetch', address });
    form.reset();
  };

  #send(detail: ModelsCommand): void {
    this.dispatchEvent(new CustomEvent('ll-models-command', { detail, bubbles: true, composed: true }));
  }
}

/** What the chosen models will take, one line each. */
const forecast = (slots: readonly SlotRow[]): TemplateResult[] =>
  slots.flatMap(({ label, note }) =>
    note === null ? [] : [html`<p class="muted forecast">${label}: ${note}</p>`],
  );

customElements.define('ll-models', LlModels);
declare global {
  interface HTMLElementTagNameMap {
    'll-models': LlModels;
  }
}
