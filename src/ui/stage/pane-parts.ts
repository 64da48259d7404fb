import { html, nothing, type TemplateResult } from 'lit';
import { formatMs, type RunFigures } from '../../app/show/figures.ts';
import type { PaneCard } from '../../app/show/pane-cards.ts';
import { isPinKey } from '../../app/state/pin-key.ts';
import { stageWords } from '../../words/stage.ts';
import { closeIcon, copyIcon, downloadIcon, pinIcon } from '../elements/icons.ts';

export type PaneAction = 'png' | 'copy' | 'pin' | 'unpin' | 'ask' | 'resume' | 'models';
export type ActOn = (key: string, action: PaneAction) => void;

/** `512 × 384` with the unit for screen readers; a dash before anything is open. */
const sizeText = (card: PaneCard): string => (card.width > 0 ? `${card.width} × ${card.height} px` : '– px');

/** The name of what the buttons take: on a stretched 1x picture that is the picture itself, as it was decoded. */
const savedName = ({ title, scale, takenAs }: PaneCard): string => `${takenAs ?? title} ${scale}`;

/** Keeps a picture beside others, or lets it go. */
const paneKeeper = (card: PaneCard, act: ActOn): TemplateResult =>
  isPinKey(card.key)
    ? html`<button class="button plain icon" title=${stageWords().unpin} aria-label=${stageWords().unpinOf(savedName(card))}
        @click=${() => act(card.key, 'unpin')}>${closeIcon}</button>`
    : html`<button class="button plain icon" ?disabled=${card.phase !== 'done'}
        title=${stageWords().pin} aria-label=${stageWords().pinOf(savedName(card))} @click=${() => act(card.key, 'pin')}>${pinIcon}</button>`;

/** Name, factor and size of a pane, with its buttons. */
export const paneHeading = (card: PaneCard, act: ActOn): TemplateResult => html`
  <figcaption class="heading">
    <span class="scale">${card.scale}</span>
    <span class="names">
      <span class="title">${card.title}</span>
      <span class="size">${sizeText(card)}</span>
    </span>
    ${paneKeeper(card, act)}
    <button class="button plain icon" ?disabled=${card.phase !== 'done'} title=${stageWords().png}
      aria-label=${stageWords().pngOf(savedName(card))} @click=${() => act(card.key, 'png')}>${downloadIcon}</button>
    <button class="button plain icon" ?disabled=${card.phase !== 'done'} title=${stageWords().copy}
      aria-label=${stageWords().copyOf(savedName(card))} @click=${() => act(card.key, 'copy')}>${copyIcon}</button>
  </figcaption>`;

/** What lies over the picture: progress while it is made, and why it is not there. */
export function paneOverlay(card: PaneCard, act: ActOn): TemplateResult {
  const { action } = card;
  return html`
    ${card.drawing?.isPreview ? html`<span class="chip preview">${card.placeholder}</span>` : nothing}
    ${
      card.phase === 'running'
        ? html`<div class="running">
            <span class="chip">${card.step ?? stageWords().starting}</span>
            <div class="bar ${card.progress === null ? 'unknown' : ''}"
              .style=${`--progress: ${card.progress ?? 0}`}></div>
          </div>`
        : nothing
    }
    ${
      card.note !== null || action !== null
        ? html`<div class="note">
            <p>${card.note}</p>
            ${
              action === null
                ? nothing
                : html`<button class="button" @click=${() => act(card.key, action.kind)}>${action.label}</button>`
            }
          </div>`
        : nothing
    }`;
}

/** `0.31 s upscale + 1.4 s decode`, in the order in which it is done; the table in Timings has the rest. */
function timeParts(card: PaneCard, { upscaleMs, decodeMs }: RunFigures): TemplateResult {
  const say = stageWords();
  const upscale = upscaleMs > 0 ? [html`<b>${formatMs(upscaleMs)}</b> ${say.upscale}`] : [];
  const decode = html`<b>${formatMs(decodeMs)}</b> ${say.decode}`;
  const parts = card.key.startsWith('pixel-') ? [decode, ...upscale] : [...upscale, decode];
  return html`${parts.map((part, index) => (index === 0 ? part : html` + ${part}`))}`;
}

/** How long a picture took in one line, a repeat where there is one; the line is there from the start, so nothing moves. */
export function paneTime(card: PaneCard): TemplateResult {
  const say = stageWords();
  const figures = card.warm ?? card.cold;
  const words =
    figures !== null
      ? html`${timeParts(card, figures)}${card.warm === null ? html`<small> ${say.firstRun}</small>` : nothing}`
      : html`<small>${card.estimate ?? (card.key === 'reference' ? say.notComputed : say.notMeasured)}</small>`;
  return html`<p class="time" data-pane=${card.key}>${words}</p>`;
}

/** One line under the figures: how good it is where that is known, else how it is made. */
export const paneFootnote = (card: PaneCard): TemplateResult => html`
  <p class="footnote ${card.quality === null ? '' : 'measured'}">${card.quality ?? card.explanation}</p>`;
