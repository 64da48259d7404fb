import { html, render, type TemplateResult } from 'lit';
import type { Question } from '../app/run/question.ts';
import type { DeviceSummary } from '../app/show/device-summary.ts';
import type { AppState } from '../app/state/state.ts';
import { LATENT_FILES, WEIGHT_FILES } from '../core/containers/index.ts';
import { workWords } from '../words/work.ts';

/** A command as the help lists it. */
export interface HelpLine {
  readonly keys: readonly string[];
  readonly text: string;
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
      <header><h2 id="dialog-title">${kind === 'about' ? 'About LatentLift' : 'Keys and gestures'}</h2>
        <button class="button" @click=${() => dialog.close()}>Close</button></header>
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
        <p class="answers"><button class="button" autofocus @click=${refuse}>No</button>
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
function keyLines(commands: readonly HelpLine[]): HelpLine[] {
  const lines = new Map<string, string[]>();
  for (const { keys, text } of commands.filter((command) => command.keys.length > 0)) {
    lines.set(text, [...(lines.get(text) ?? []), ...keys]);
  }
  return [...lines].map(([text, keys]) => ({ text, keys: keys.map((key) => KEY_NAMES[key] ?? key) }));
}

const keys = ({ commands, hasShortcuts, onShortcuts }: DialogInput): TemplateResult => html`<h3>Keys</h3>
  <table class="keys"><caption class="hidden">Keys</caption><tbody>
    ${keyLines(commands).map(
      ({ keys, text }) =>
        html`<tr><th scope="row">${keys.map((key) => html`<kbd>${key}</kbd> `)}</th><td>${text}</td></tr>`,
    )}
  </tbody></table>
  <label class="switch"><input type="checkbox" .checked=${hasShortcuts}
    @change=${(event: Event) => onShortcuts((event.target as HTMLInputElement).checked)} /> Single-key shortcuts</label>`;

const gestures = html`<h3>Mouse and touch</h3>
  <ul>
    <li>Wheel or pinch zooms all pictures at the pointer; fully zoomed out, it scrolls the page.</li>
    <li>Drag moves the pictures. The small map in the corner shows where you are; drag in it to go elsewhere.</li>
    <li>A double click or double tap shows the picture's own pixels, another one all of it.</li>
    <li>Drop files or folders anywhere, or paste a picture, a file or an address.</li>
  </ul>`;

/** Whoever has no keyboard reads of fingers first. */
const help = (input: DialogInput): TemplateResult => html`
  ${matchMedia('(pointer: coarse)').matches ? [gestures, keys(input)] : [keys(input), gestures]}
  <h3>What can be opened</h3>
  <p>Latents as ${LATENT_FILES}; and pictures (PNG, JPEG, WebP, AVIF, GIF, BMP), which are encoded here first. Weights of VAEs and
    upscalers (${WEIGHT_FILES}) go to Models.</p>
  <h3>In the address</h3>
  <p><code>?latent=URL</code> opens a latent (of another site only after you agree), <code>?backend=webgpu</code> or <code>?backend=wasm</code> forces a backend,
    <code>?demo=ID</code> picks a demo, <code>?embed=1</code> leaves out all but the comparison. Share writes the whole view.</p>`;

const about = ({ state, device }: DialogInput): TemplateResult => html`
  <p>A latent diffusion model works on a small, many-channel image, the latent; a decoder turns it into pixels. For a
    larger picture, people usually decode and then enlarge the pixels. <strong>LUA</strong>, the Latent Upscaler Adapter, enlarges
    the latent instead: one pass of a Swin transformer with a head for 2× and one for 4×, then one decode. The decoder then
    draws detail at the full size, and no second trip through an encoder is needed. It is described in
    <a href="https://arxiv.org/abs/2511.10629">One Small Step in Latent, One Giant Leap for Pixels (arXiv 2511.10629)</a>.</p>
  <h3>What runs where</h3>
  <p>${device === null ? 'Checking the device…' : html`Now: <strong>${device.title}</strong> ${device.detail}. ${device.reason} ${device.advice}`}
    Models run in a worker, on WebGPU where a real GPU passes a self-test, else on the CPU (WASM).
    <a href="?backend=wasm">Use the CPU</a>, <a href="?backend=webgpu">use WebGPU</a>, or <a href="?">let the page choose</a>.</p>
  <h3>What leaves this machine</h3>
  <p>Nothing. Weights and demo latents come from this site; files that you open are read and computed here. They and the
    weights that you add stay in this browser's storage, so that a reload brings them back; Files and Models show how much that
    is, and clear it. An address that you give is fetched from where it points.</p>
  <h3>What the figures mean</h3>
  <p>Times are wall time and end when the device has finished. A first run includes setting up; a repeat is what a second
    picture takes, and the two are never mixed. Baselines use the same decoder on the same latent. ${workWords().detailMeasure} PSNR and
    SSIM appear only when there is an original to compare with.</p>
  ${models(state)}
  <h3>Demo latents</h3>
  <ul>${state.demos.map(({ title, author, source, licence }) => html`<li>${title}: ${author}, ${source} (${licence})</li>`)}</ul>
  <h3>Licence</h3>
  <p>LatentLift is Apache-2.0. It stands on ONNX Runtime Web (MIT), Lit (BSD-3-Clause), Comlink (Apache-2.0), fflate (MIT)
    and pbf (BSD-3-Clause); <a href="THIRD-PARTY-NOTICES.txt">their licences in full</a>.</p>`;

const models = (state: AppState): TemplateResult => html`<h3>Models</h3>
  <ul>${(state.engine.models ?? []).map(
    ({ id, architecture, provenance, licence }) =>
      html`<li><strong>${id}</strong> (${architecture}): ${provenance} ${licence}.</li>`,
  )}</ul>`;
