import { number, oneOf, type Values } from '../../../app/show/link-params.ts';
import { drawPicture, drawPlaced, type Painter } from '../draw-picture.ts';
import { type Placement, placement } from '../viewport.ts';
import { choiceControl } from './choice-control.ts';
import { cardPart } from './figure-parts.ts';
import { panesOf } from './panes.ts';
import type { Painting, Seen, View } from './view.ts';

const params = {
  /** How much larger the lens shows than what is around it. */
  lensPower: oneOf('lens', [4, 5, 6, 7, 8], 4),
  /** The spot it lies on, 0..1 of each side. */
  lensX: number('lx', 0.5, 0, 1),
  lensY: number('ly', 0.4, 0, 1),
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

const paintingOf = ({ lensX: x, lensY: y, lensPower: power }: Seen<Own>): Painting => ({
  painter: MAGNIFIED,
  settings: { x, y, power },
});

const inside = (value: number): number => Math.min(Math.max(value, 0), 1);

export const lens = {
  mode: 'lens',
  title: 'Lens',
  hint: 'the same spot magnified in every picture',
  key: 'l',
  params,
  render: (stage) => panesOf(stage, paintingOf(stage.view)),
  controls: ({ view, change }) =>
    choiceControl(
      'Magnify',
      params.lensPower,
      view.lensPower,
      (power) => `× ${power}`,
      (lensPower) => change({ lensPower }),
    ),
  figure: ({ cards, view }) => cards.map((card) => cardPart(card, paintingOf(view))),
  onPoint: ({ change }, { x, y }) => change({ lensX: inside(x), lensY: inside(y) }),
  onMove({ view, change }, dx, dy) {
    const reach = 1 / view.magnification;
    change({ lensX: inside(view.lensX + dx * reach), lensY: inside(view.lensY + dy * reach) });
  },
} as const satisfies View<Own>;
