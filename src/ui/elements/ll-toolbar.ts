import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { BASELINES, describePane, type PaneKey, paneKey } from '../../app/state/panes.ts';
import { stageWords } from '../../words/stage.ts';
import {
  INITIAL_VIEW,
  VIEWS,
  type ViewChange,
  type ViewState,
  viewOf,
  viewWords,
} from '../stage/views/index.ts';
import type { Look } from '../stage/views/view.ts';
import { shared } from './shared-styles.ts';

/** A button of the toolbar, for the command `name`. */
export interface ToolButton {
  readonly name: string;
  readonly label: string;
  /** Shown under the pointer; for an icon also its accessible name. */
  readonly title: string;
  readonly group: 'zoom' | 'take';
  readonly isIcon?: boolean;
  /** Disabled as long as nothing is finished. */
  readonly needsPicture?: boolean;
}

/** How to look, and at what: sends `ll-view-change`, `ll-panes-change` (detail: keys) and `ll-command` (detail: a button's name). */
export class LlToolbar extends LitElement implements Look<ViewState> {
  static override properties = {
    view: { attribute: false },
    buttons: { attribute: false },
    shown: { attribute: false },
    isReady: { type: Boolean },
  };

  declare view: ViewState;
  declare buttons: readonly ToolButton[];
  declare shown: readonly PaneKey[];
  /** Something finished is there to be copied. */
  declare isReady: boolean;

  constructor() {
    super();
    this.view = INITIAL_VIEW;
    this.buttons = [];
    this.shown = [];
    this.isReady = false;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      .bar,
      .group {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2);
      }
      .bar {
        justify-content: space-between;
        min-height: 2.25rem;
      }
      .modes {
        display: flex;
        margin: 0;
        padding: 3px;
        border: 0;
        border-radius: calc(var(--radius) + 3px);
        background: var(--sunken);
      }
      .modes label {
        position: relative;
        cursor: pointer;
      }
      .modes input {
        position: absolute;
        inset: 0;
        margin: 0;
        opacity: 0;
        cursor: pointer;
      }
      .modes span {
        display: flex;
        align-items: center;
        height: 1.9rem;
        padding: 0 0.8rem;
        border-radius: var(--radius);
        color: var(--muted);
        font-size: var(--step--1);
        white-space: nowrap;
      }
      .modes input:checked + span {
        background: var(--surface);
        box-shadow: var(--shadow-small);
        color: var(--ink);
        font-weight: 600;
      }
      .modes input:focus-visible + span {
        outline: 2px solid var(--focus);
        outline-offset: 1px;
      }
      .check {
        display: inline-flex;
        align-items: center;
        gap: 0.4rem;
        font-size: var(--step--1);
        cursor: pointer;
      }
      .check input {
        width: 1.05rem;
        height: 1.05rem;
        margin: 0;
        accent-color: var(--accent);
      }
      details {
        position: relative;
      }
      summary {
        list-style: none;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      .menu {
        position: absolute;
        z-index: 5;
        top: calc(100% + 6px);
        right: 0;
        width: max-content;
        max-width: calc(100vw - 2rem);
        padding: var(--space-3);
        border: 1px solid var(--line);
        border-radius: var(--radius-large);
        background: var(--surface);
        box-shadow: var(--shadow);
      }
      .menu table {
        border-collapse: collapse;
        font-size: var(--step--1);
      }
      .menu th {
        font-weight: 400;
        text-align: left;
      }
      .menu thead th {
        color: var(--muted);
      }
      .menu thead th + th {
        text-align: center;
      }
      .menu td,
      .menu th {
        padding: 0.3rem 0.6rem 0.3rem 0;
      }
      .menu td {
        text-align: center;
      }
      .menu small {
        display: block;
        color: var(--muted);
        font-size: var(--step--2);
      }
      .menu input {
        width: 1.2rem;
        height: 1.2rem;
        accent-color: var(--accent);
      }
      .field {
        color: var(--muted);
        font-size: var(--step--1);
      }
      .field select {
        margin-left: 0.3rem;
        color: var(--ink);
      }
      @media (pointer: coarse) {
        .modes span {
          height: 2.5rem;
        }
      }
      @media (max-width: 760px) {
        .modes,
        .tools {
          flex: 1 1 100%;
          min-width: 0;
        }
        .modes label {
          flex: 1 1 auto;
        }
        .modes span {
          justify-content: center;
          padding: 0 0.4rem;
        }
        .tools {
          flex-wrap: nowrap;
          padding: 3px;
          margin: -3px;
          overflow-x: auto;
          scrollbar-width: none;
          /* What is cut off says that there is more. */
          padding-right: 2.5rem;
          mask-image: linear-gradient(to right, #000 calc(100% - 2.5rem), transparent);
        }
        .tools > *,
        .tools .group {
          flex: none;
          flex-wrap: nowrap;
        }
        .menu {
          position: fixed;
          inset: auto 1rem 4rem;
          width: auto;
        }
      }
    `,
  ];

  override render(): TemplateResult {
    const say = stageWords();
    return html`<div class="bar" role="toolbar" aria-label=${say.howToCompare}>
      <fieldset class="modes"><legend class="hidden">${say.view}</legend>
        ${VIEWS.map(
          ({
            mode,
          }) => html`<label title=${viewWords(mode).line}><input type="radio" name="mode" value=${mode}
            .checked=${this.view.mode === mode} @change=${() => this.change({ mode })} /><span>${viewWords(mode).title}</span></label>`,
        )}
      </fieldset>
      <div class="group tools">
        ${viewOf(this.view.mode).controls(this)}
        <label class="check" title=${say.smoothHint}><input type="checkbox" .checked=${this.view.isSmooth}
          @change=${(event: Event) => this.change({ isSmooth: (event.target as HTMLInputElement).checked })} />${say.smooth}</label>
        <span class="group" role="group" aria-label=${say.zoom}>${this.#buttons('zoom')}</span>
        ${this.#baselines()}
        ${this.#buttons('take')}
      </div>
    </div>`;
  }

  #buttons(wanted: ToolButton['group']): TemplateResult[] {
    return this.buttons
      .filter(({ group }) => group === wanted)
      .map(
        ({ name, label, title, isIcon = false, needsPicture = false }) => html`<button
          class="button ${isIcon ? 'icon' : ''}" title=${title} aria-label=${isIcon ? title : nothing}
          ?disabled=${needsPicture && !this.isReady} @click=${() => this.#command(name)}>${label}</button>`,
      );
  }

  #baselines(): TemplateResult {
    const toggle = (
      key: PaneKey,
    ) => html`<input type="checkbox" aria-label="${describePane(key).title} ${describePane(key).scale}"
      .checked=${this.shown.includes(key)} @change=${() => this.#toggle(key)} />`;
    return html`<details @keydown=${this.#closeByKey} @focusout=${this.#closeByFocus}>
      <summary class="button">${stageWords().baselines}</summary>
      <div class="menu">
        <table>
          <thead><tr><th>${stageWords().compareWith}</th><th scope="col">2×</th><th scope="col">4×</th></tr></thead>
          <tbody>${BASELINES.map(
            (method) => html`<tr><th scope="row">${describePane(paneKey(method, 2)).title}
              <small>${describePane(paneKey(method, 2)).explanation}</small></th>
              <td>${toggle(paneKey(method, 2))}</td><td>${toggle(paneKey(method, 4))}</td></tr>`,
          )}</tbody>
        </table>
      </div>
    </details>`;
  }

  #toggle(key: PaneKey): void {
    const keys = this.shown.includes(key)
      ? this.shown.filter((known) => known !== key)
      : [...this.shown, key];
    this.dispatchEvent(new CustomEvent('ll-panes-change', { detail: keys, bubbles: true, composed: true }));
  }

  #closeByKey = (event: KeyboardEvent): void => {
    const details = event.currentTarget as HTMLDetailsElement;
    if (event.key !== 'Escape' || !details.open) return;
    event.stopPropagation();
    details.open = false;
    details.querySelector('summary')?.focus();
  };

  #closeByFocus = (event: FocusEvent): void => {
    const details = event.currentTarget as HTMLDetailsElement;
    if (event.relatedTarget instanceof Node && !details.contains(event.relatedTarget)) details.open = false;
  };

  change = (detail: ViewChange): void => {
    this.dispatchEvent(new CustomEvent('ll-view-change', { detail, bubbles: true, composed: true }));
  };

  #command(detail: string): void {
    this.dispatchEvent(new CustomEvent('ll-command', { detail, bubbles: true, composed: true }));
  }
}

customElements.define('ll-toolbar', LlToolbar);
declare global {
  interface HTMLElementTagNameMap {
    'll-toolbar': LlToolbar;
  }
}
