import { css, html, nothing } from 'lit';
import { number, type Values } from '../../../app/show/link-params.ts';
import { stageWords } from '../../../words/stage.ts';
import { drawPicture, type Painter } from '../draw-picture.ts';
import { paneOverlay } from '../pane-parts.ts';
import { followWipe, wipeAfterKey } from '../wipe.ts';
import { cardDetail, cardName, paintedPart } from './figure-parts.ts';
import type { Stage, View } from './view.ts';

const params = {
  /** The line's place, 0 (left edge) to 1. */
  wipe: number('wipe', 0.5, 0, 1),
};
type Own = Values<typeof params>;

function moveTo(stage: Stage<Own>, place: number | null): void {
  if (place !== null) stage.change({ wipe: Math.min(Math.max(place, 0), 1) });
}

/** The first picture left of the line, the second right of it. */
const WIPED: Painter<Own> = {
  paint(context, [first, second], sight, { wipe }) {
    if (first === undefined || second === undefined) return;
    const { width, height } = sight.frame;
    const edge = Math.round(wipe * width);
    drawPicture(context, first, sight);
    context.save();
    context.beginPath();
    context.rect(edge, 0, width - edge, height);
    context.clip();
    drawPicture(context, second, sight);
    context.restore();
    context.fillStyle = '#fff';
    context.fillRect(edge - 1, 0, 2, height);
  },
};

export const slider = {
  mode: 'slider',
  title: 'Slider',
  hint: 'two pictures with a line to wipe',
  key: 'w',
  params,
  styles: css`
    ll-picture.over {
      clip-path: inset(0 0 0 calc(var(--wipe) * 100%));
    }
    .handle {
      position: absolute;
      top: 0;
      bottom: 0;
      left: calc(var(--wipe) * 100%);
      width: 44px;
      margin-left: -22px;
      border-radius: 4px;
      cursor: ew-resize;
      touch-action: none;
    }
    .handle::before {
      content: '';
      position: absolute;
      inset: 0 auto 0 21px;
      width: 2px;
      background: #fff;
      box-shadow: 0 0 0 1px rgb(0 0 0 / 35%);
    }
    .handle::after {
      content: '‹ ›';
      position: absolute;
      top: 50%;
      left: 2px;
      display: grid;
      place-content: center;
      width: 40px;
      height: 40px;
      margin-top: -20px;
      border-radius: 50%;
      background: #fff;
      box-shadow: 0 1px 6px rgb(0 0 0 / 45%);
      color: #15181b;
      font-size: 1.1rem;
      font-weight: 700;
    }
    .handle:focus-visible {
      outline-offset: -4px;
    }
  `,
  render(stage) {
    if (stage.pair === null) return html``;
    const [first, second] = stage.pair;
    const { wipe } = stage.view;
    const percent = Math.round(wipe * 100);
    return html`<div class="stage single" .style=${`--wipe: ${wipe}`}><figure data-phase=${second.phase}>
      <div class="pair">${stage.chooser('first', stageWords().left)}${stage.chooser('second', stageWords().right)}</div>
      ${stage.screen(
        html`${stage.picture(first)}${stage.picture(second, 'over')} ${stage.zoomChip(second)} ${stage.navigator(first)}
        <div class="handle" role="slider" tabindex="0" aria-label=${stageWords().wipe}
          aria-valuemin="0" aria-valuemax="100" aria-valuenow=${percent} aria-valuetext=${stageWords().wiped(percent, cardName(first))}
          @keydown=${(event: KeyboardEvent) => moveTo(stage, wipeAfterKey(event, stage.view.wipe))}
          @pointerdown=${(event: PointerEvent) => followWipe(event, (place) => moveTo(stage, place))}
          @dblclick=${(event: Event) => event.stopPropagation()}></div>`,
        second,
        paneOverlay(second, stage.act),
      )}
    </figure></div>`;
  },
  controls: () => nothing,
  figure: ({ pair, view: { wipe } }) => [
    paintedPart(pair.map(cardName).join('  |  '), pair.map(cardDetail).join('  |  '), pair, {
      painter: WIPED,
      settings: { wipe },
    }),
  ],
} as const satisfies View<Own>;
