import type { CSSResult, TemplateResult } from 'lit';
import type { Param } from '../../../app/show/link-params.ts';
import type { PaneCard } from '../../../app/show/pane-cards.ts';
import type { Canvas2d, Painter, Sight } from '../draw-picture.ts';
import type { ActOn } from '../pane-parts.ts';
import type { Viewport } from '../viewport.ts';
import type { Pair, SharedParams } from './shared-params.ts';

/** The values of a view's own parameters beside those that all views share. */
export type Seen<Own> = SharedParams & Own;

/** Shows `view` and hears of changes to it. */
export interface Look<Own> {
  readonly view: Seen<Own>;
  change(change: Partial<Seen<Own>>): void;
}

/** What a view draws on: the pictures, what is chosen, and the parts that panes are made of. */
export interface Stage<Own> extends Look<Own> {
  /** The pictures as they are drawn. */
  readonly shownCards: readonly PaneCard[];
  /** Width over height of a pane. */
  readonly aspect: number;
  /** The part of them that is seen. */
  readonly where: Viewport;
  /** Where there is detail to look at, 0..1 of each side. */
  readonly focusSpot: { readonly x: number; readonly y: number };
  readonly pair: Pair | null;
  /** The view's own key is held down. */
  readonly isHeld: boolean;
  act: ActOn;
  /** A whole pane: heading, picture and figures; `painting` is how its picture is drawn if not plainly. */
  pane(card: PaneCard, painting?: Painting): TemplateResult;
  /** The surface that is dragged and zoomed; a double click shows the own pixels of `card`. */
  screen(content: unknown, card: PaneCard, overlay: unknown): TemplateResult;
  picture(card: PaneCard, name?: string): TemplateResult;
  /** A picture drawn from any of the cards, for which `label` is the text of screen readers. */
  painted(cards: readonly PaneCard[], label: string, painting: Painting): TemplateResult;
  zoomChip(card: PaneCard): unknown;
  /** The whole of a picture in small, with what is seen of it; nothing where that is all. */
  navigator(card: PaneCard): unknown;
  /** A list to choose the first or second picture from. */
  chooser(which: 'first' | 'second', label: string): TemplateResult;
}

/** A painter with the settings it is to draw by. */
export interface Painting {
  readonly painter: Painter<object>;
  readonly settings: object;
}

/** One picture of a figure with its caption. */
export interface FigurePart {
  readonly title: string;
  readonly detail: string;
  draw(context: Canvas2d, sight: Sight): void;
}

/** What a figure shows: all pictures, or the pair as the view compares it. */
export interface FigureInput<Own> {
  readonly cards: readonly PaneCard[];
  readonly pair: Pair;
  readonly view: Seen<Own>;
  readonly focusSpot: { readonly x: number; readonly y: number };
}

/** One way to look at the results: all there is to it stands in one object, and `views/index.ts` lists it. */
export interface View<Own> {
  /** Its name in the address. */
  readonly mode: string;
  readonly title: string;
  /** Goes on after the title and a colon. */
  readonly hint: string;
  readonly key: string;
  /** Its own parameters by field: their start, and how a link tells them. */
  readonly params: { readonly [Field in keyof Own]: Param<Own[Field]> };
  /** Looks of what it adds to the stage. */
  readonly styles?: CSSResult;
  render(stage: Stage<Own>): TemplateResult;
  /** Its settings in the toolbar; `nothing` where it has none. */
  controls(look: Look<Own>): unknown;
  figure(input: FigureInput<Own>): readonly FigurePart[];
  /** The pointer is at `spot`, 0..1 of each side of the picture and beyond. */
  onPoint?(stage: Stage<Own>, spot: { readonly x: number; readonly y: number }): void;
  /** An arrow key moves by parts of the pane; without it the picture moves. */
  onMove?(stage: Stage<Own>, dx: number, dy: number): void;
}
