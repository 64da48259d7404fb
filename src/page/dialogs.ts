import { html, render, type TemplateResult } from 'lit';
import type { Question } from '../app/run/question.ts';
import type { DeviceSummary } from '../app/show/device-summary.ts';
import type { AppState } from '../app/state/state.ts';
import { LATENT_FILES, WEIGHT_FILES } from '../core/containers/index.ts';
import { richText } from '../ui/rich-text.ts';
import { helpWords } from '../words/help.ts';
import { verdictWords } from '../words/verdict.ts';
import { commandText } from './command-text.ts';
import type { Command } from './commands.ts';

/** A command as the help lists it. */
export interface HelpLine {
  readonly name: Command;
  readonly keys: readonly string[];
}

export interface DialogInput {
  readonly commands: readonly HelpLine[];
  readonly state: AppState;
  readonly device: DeviceSummary | null;
  readonly hasShortcuts: boolean;
  readonly onShortcuts: (isOn: boolean) => void;
}

export type DialogKind = 'about' | 'help';

/** Fills and opens the dialog; it closes with Escape, its button, or a click beside it. */
export function openDialog(dialog: HTMLDialogElement, kind: DialogKind, input: DialogInput): void {
  const body = kind === 'about' ? about(input) : help(input);
  render(
    html`<div class="dialog">
      <header><h2 id="dialog-title">${kind === 'about' ? helpWords().aboutTitle : helpWords().helpTitle}</h2>
        <button class="button" @click=${() => dialog.close()}>${helpWords().close}</button></header>
      <div class="dialog-body" tabindex="0" role="region" aria-labelledby="dialog-title">${body}</div></div>`,
    dialog,
  );
  dialog.onclick = (event) => {
    if (event.target === dialog) dialog.close();
  };
  dialog.showModal();
}

/** Puts a question in a dialog of its own, over whatever is open; only its own button is a yes. */
export function askInDialog({ title, text, accept }: Question): Promise<boolean> {
  const dialog = document.body.appendChild(document.createElement('dialog'));
  dialog.setAttribute('aria-labelledby', 'question-title');
  const refuse = (): void => dialog.close();
  render(
    html`<div class="dialog">
      <header><h2 id="question-title">${title}</h2></header>
      <div class="dialog-body"><p class="question">${text}</p>
        <p class="answers"><button class="button" autofocus @click=${refuse}>${helpWords().no}</button>
          <button class="button strong" @click=${() => dialog.close('yes')}>${accept}</button></p></div></div>`,
    dialog,
  );
  dialog.onclick = (event) => {
    if (event.target === dialog) refuse();
  };
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
  });
}

const KEY_NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
};

/** Keys that do one thing share a line; what has no key has none. */
function keyLines(commands: readonly HelpLine[]): { text: string; keys: readonly string[] }[] {
  const lines = new Map<string, string[]>();
  for (const command of commands.filter(({ keys }) => keys.length > 0)) {
    const text = commandText(command.name);
    lines.set(text, [...(lines.get(text) ?? []), ...command.keys]);
  }
  return [...lines].map(([text, keys]) => ({ text, keys: keys.map((key) => KEY_NAMES[key] ?? key) }));
}

function keys({ commands, hasShortcuts, onShortcuts }: DialogInput): TemplateResult {
  const say = helpWords();
  return html`<h3>${say.keys}</h3>
  <table class="keys"><caption class="hidden">${say.keys}</caption><tbody>
    ${keyLines(commands).map(
      ({ keys, text }) =>
        html`<tr><th scope="row">${keys.map((key) => html`<kbd>${key}</kbd> `)}</th><td>${text}</td></tr>`,
    )}
  </tbody></table>
  <label class="switch"><input type="checkbox" .checked=${hasShortcuts}
    @change=${(event: Event) => onShortcuts((event.target as HTMLInputElement).checked)} /> ${say.singleKeys}</label>`;
}

const gestures = (): TemplateResult => html`<h3>${helpWords().gestures}</h3>
  <ul>${helpWords().gestureLines.map((line) => html`<li>${line}</li>`)}</ul>`;

/** Whoever has no keyboard reads of fingers first. */
const help = (input: DialogInput): TemplateResult => html`
  ${matchMedia('(pointer: coarse)').matches ? [gestures(), keys(input)] : [keys(input), gestures()]}
  <h3>${helpWords().canOpen}</h3>
  <p>${helpWords().opens(LATENT_FILES, WEIGHT_FILES)}</p>
  <h3>${helpWords().address}</h3>
  <p>${richText(helpWords().addressText)}</p>`;

function about({ state, device }: DialogInput): TemplateResult {
  const say = helpWords();
  const now =
    device === null
      ? say.checking
      : say.now(
          device.title,
          `${device.detail}. ${[device.reason, device.advice].filter(Boolean).join(' ')}`,
        );
  return html`
  <p>${richText(say.lead)}</p>
  <h3>${say.where}</h3>
  <p>${richText(now)} ${richText(say.backends)}</p>
  <h3>${say.leaves}</h3>
  <p>${say.leavesText}</p>
  <h3>${say.figures}</h3>
  <p>${say.figuresText(verdictWords().detailMeasure)}</p>
  ${models(state)}
  <h3>${say.demos}</h3>
  <ul>${state.demos.map(({ title, author, source, licence }) => html`<li>${title}: ${author}, ${source} (${licence})</li>`)}</ul>
  <h3>${say.licence}</h3>
  <p>${richText(say.licenceText)}</p>`;
}

const models = (state: AppState): TemplateResult => html`<h3>${helpWords().models}</h3>
  <ul>${(state.engine.models ?? []).map(
    ({ id, architecture, provenance, licence }) =>
      html`<li><strong>${id}</strong> (${architecture}): ${provenance} ${licence}.</li>`,
  )}</ul>`;
