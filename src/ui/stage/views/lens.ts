import { number, oneOf, type Values } from '../../../app/show/link-params.ts';
import { stageWords } from '../../../words/stage.ts';
import { drawPicture, drawPlaced, type Painter } from '../draw-picture.ts';
import { type Placement, placement } from '../viewport.ts';
import { choiceControl } from './choice-control.ts';
import { cardPart } from './figure-parts.ts';
import { panesOf } from './panes.ts';
import type { Painting, Stage, View } from './view.ts';

/** Where a lens lies that nobody has moved. */
const ON_FOCUS = -1;

const params = {
  /** How much larger the lens shows than what is around it. */
  lensPower: oneOf('lens', [4, 5, 6, 7, 8], 4),
  /** The spot it lies on, 0..1 of each side; below 0 it lies where there is detail. */
  lensX: number('lx', ON_FOCUS, ON_FOCUS, 1),
  lensY: number('ly', ON_FOCUS, ON_FOCUS, 1),
};
type Own = Values<typeof params>;

interface Lens {
  readonly x: number;
  readonly y: number;
  readonly power: number;
}

/** Radius of the magnifier, CSS pixels; smaller where the pane is. */
const RADIUS = 96;

/** The picture with a round magnifier over one spot. */
const MAGNIFIED: Painter<Lens> = {
  paint(context, [picture], sight, lens) {
    if (picture === undefined) return;
    drawPicture(context, picture, sight);
    const { frame, isSmooth, density } = sight;
    const radius = Math.min(RADIUS * density, frame.width * 0.3, frame.height * 0.3);
    const place = placement(sight.where, frame);
    const centreX = place.left + lens.x * frame.baseWidth * place.scale;
    const centreY = place.top + lens.y * frame.baseHeight * place.scale;
    const scale = place.scale * lens.power;
    const inner: Placement = {
      scale,
      left: Math.round(centreX - lens.x * frame.baseWidth * scale),
      top: Math.round(centreY - lens.y * frame.baseHeight * scale),
    };
    const box = { x: centreX - radius, y: centreY - radius, width: 2 * radius, height: 2 * radius };
    const ring = new Path2D();
    ring.arc(centreX, centreY, radius, 0, 2 * Math.PI);
    context.save();
    context.clip(ring);
    context.fillStyle = '#000';
    context.fillRect(box.x, box.y, box.width, box.height);
    drawPlaced(context, picture, inner, frame, box, isSmooth);
    context.restore();
    for (const [width, colour] of [
      [5, 'rgb(0 0 0 / 45%)'],
      [2.5, '#fff'],
    ] as const) {
      context.lineWidth = width;
      context.strokeStyle = colour;
      context.stroke(ring);
    }
  },
};

type Placed = Pick<Stage<Own>, 'view' | 'focusSpot'>;

const spotOf = ({ view: { lensX, lensY }, focusSpot }: Placed): { x: number; y: number } =>
  lensX < 0 || lensY < 0 ? focusSpot : { x: lensX, y: lensY };

const paintingOf = (placed: Placed): Painting => ({
  painter: MAGNIFIED,
  settings: { ...spotOf(placed), power: placed.view.lensPower },
});

const inside = (value: number): number => Math.min(Math.max(value, 0), 1);

export const lens = {
  mode: 'lens',
  title: 'Lens',
  hint: 'the same spot magnified in every picture',
  key: 'l',
  params,
  render: (stage) => panesOf(stage, paintingOf(stage)),
  controls: ({ view, change }) =>
    choiceControl(
      stageWords().magnify,
      params.lensPower,
      view.lensPower,
      (power) => `× ${power}`,
      (lensPower) => change({ lensPower }),
    ),
  figure: (input) => input.cards.map((card) => cardPart(card, paintingOf(input))),
  onPoint: ({ change }, { x, y }) => change({ lensX: inside(x), lensY: inside(y) }),
  onMove(stage, dx, dy) {
    const reach = 1 / stage.where.magnification;
    const { x, y } = spotOf(stage);
    stage.change({ lensX: inside(x + dx * reach), lensY: inside(y + dy * reach) });
  },
} as const satisfies View<Own>;
