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
import { modelsWords } from '../../words/models.ts';
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
    const say = modelsWords();
    return html`<dialog aria-labelledby="title" @close=${this.#closed} @click=${this.#clickBeside}
      @keydown=${(event: KeyboardEvent) => event.stopPropagation()}>
      <header><h2 id="title">${say.title}</h2><button class="button" @click=${() => this.#dialog?.close()}>${say.close}</button></header>
      <div class="dialog-body">
        <div class="add">
          <p>${say.drop(WEIGHT_FILES)}</p>
          <div class="sources">
            <button class="button strong" @click=${() => this.#input?.click()}>${say.choose}</button>
            <input class="hidden" type="file" multiple tabindex="-1" aria-label=${say.weightsFiles} @change=${this.#chosen} />
            <form @submit=${this.#fetch}>
              <input type="text" name="address" inputmode="url" autocomplete="off" spellcheck="false"
                aria-label=${say.address} placeholder="https://huggingface.co/…" />
              <button class="button">${say.fetch}</button>
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
    return html`<ul aria-label=${modelsWords().onTheirWay}>${transfers.map(
      ({ id, name, text, progress }) => html`<li data-transfer>
        <div class="row"><div><span class="name">${name}</span><p class="muted">${text}</p></div>
          <button class="button" aria-label=${modelsWords().cancelOf(name)} @click=${() => this.#send({ kind: 'cancel', id })}>${modelsWords().cancel}</button></div>
        <div class="bar" role="progressbar" aria-label=${modelsWords().progressOf(name)} aria-valuemin="0" aria-valuemax="100"
          aria-valuenow=${Math.round((progress ?? 0) * 100)} .style=${`--progress: ${progress ?? 0}`}></div></li>`,
    )}</ul>`;
  }

  #unfinished({ unfinished }: ModelsContent): TemplateResult | typeof nothing {
    if (unfinished.length === 0) return nothing;
    return html`<ul aria-label=${modelsWords().unfinished}>${unfinished.map(
      ({ address, name, text }) => html`<li data-unfinished><div class="row">
        <div><span class="name">${name}</span><p class="muted">${text}</p></div>
        <button class="button" aria-label=${modelsWords().resumeOf(name)} @click=${() => this.#send({ kind: 'fetch', address })}>${modelsWords().resume}</button>
        <button class="button" aria-label=${modelsWords().discardOf(name)} @click=${() => this.#send({ kind: 'discard', address })}>${modelsWords().discard}</button>
      </div></li>`,
    )}</ul>`;
  }

  #families({ families, pixelSlot, untried }: ModelsContent): TemplateResult {
    const say = modelsWords();
    return html`<h3>${say.inUse}</h3>
      <p class="muted above">${say.downloadsNote} ${untried ?? nothing}</p>
      <ul aria-label=${say.families}>${families.map((row) => this.#family(row))}
        ${
          pixelSlot === null
            ? nothing
            : html`<li class="family"><div class="name">${say.anyPicture}</div>
                <div class="slots">${this.#slot(null, null, pixelSlot)}</div>${forecast([pixelSlot])}</li>`
        }</ul>`;
  }

  #family({ id, title, isCurrent, slots, known }: FamilyRow): TemplateResult {
    return html`<li class="family ${isCurrent ? 'current' : ''}" data-family=${id}>
      <div><span class="name">${title}</span>${isCurrent ? html`<br /><span class="tag">${modelsWords().openNow}</span>` : nothing}</div>
      ${
        slots.every(({ options }) => options.length === 0)
          ? html`<p class="muted">${modelsWords().previewOnly}</p>`
          : html`<div class="slots">${slots.map((slot) => this.#slot(id, title, slot))}</div>`
      }
      ${forecast(slots)}
      ${
        known.length === 0
          ? nothing
          : html`<details ?open=${this.family === id}>
              <summary>${modelsWords().downloads(known.length)}</summary>
              ${known.map((row) => this.#known(row))}</details>`
      }
    </li>`;
  }

  #slot(
    family: FamilyId | null,
    title: string | null,
    { slot, label, chosen, options }: SlotRow,
  ): TemplateResult {
    const say = modelsWords();
    return html`<label>${label}<select aria-label=${title === null ? say.roleForAny(label) : say.roleFor(label, title)} data-slot=${slot} ?disabled=${options.length === 0}
      @change=${(event: Event) =>
        this.#send({ kind: 'choose', family, slot, id: (event.target as HTMLSelectElement).value })}>
      ${chosen === '' ? html`<option value="" disabled selected>${say.none}</option>` : nothing}
      ${options.map(({ id, label: text }) => html`<option value=${id} .selected=${id === chosen}>${text}</option>`)}
    </select></label>`;
  }

  #known({ id, title, text, purpose, cost, address, state }: KnownRow): TemplateResult {
    return html`<div class="row known" data-known=${id}><div><span class="name">${title}</span> <span class="muted">${purpose}</span><p class="muted">${text} · ${cost}</p></div>
      ${
        state === 'stored'
          ? html`<span class="tag">${modelsWords().stored}</span>`
          : html`<button class="button" aria-label=${modelsWords().fetchOf(title)} title=${address} ?disabled=${state === 'fetching'}
              @click=${() => this.#send({ kind: 'fetch', address })}>${state === 'fetching' ? modelsWords().fetching : modelsWords().fetch}</button>`
      }</div>`;
  }

  #stored({ stored, storage, canClear }: ModelsContent): TemplateResult {
    const say = modelsWords();
    return html`<h3>${say.available}</h3>
      <ul aria-label=${say.available}>${stored.map((row) => this.#atHand(row))}
        <li><div class="row"><p class="muted" data-storage>${say.added(storage)}</p>
          <button class="button" ?disabled=${!canClear} @click=${() => this.#send({ kind: 'clear' })}>${say.clear}</button></div></li>
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
          : html`<button class="button" aria-label=${modelsWords().removeOf(name)} @click=${() => this.#send({ kind: 'remove', id })}>${modelsWords().remove}</button>`
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
