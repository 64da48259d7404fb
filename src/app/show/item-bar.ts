import { itemsWords } from '../../words/items.ts';
import { type Conversion, conversionsOf } from '../run/conversions.ts';
import { isReduced, originalSize } from '../run/picture-size.ts';
import { type AppState, currentItem, type Item, type PictureSource } from '../state/state.ts';
import type { Choice } from './latent-facts.ts';
import { type Measurement, measurements } from './measurements.ts';
import { type VideoFrames, videoFrames } from './video-frames.ts';
import { type WeightsOffer, weightsOffer } from './weights-offer.ts';

/** What can be done about the current item right above its pictures. */
export interface ItemBar {
  readonly name: string;
  readonly detail: string;
  /** How large a picture is encoded, to be changed. */
  readonly sides: { readonly value: string; readonly choices: readonly Choice[] } | null;
  /** A picture can be its own yardstick; `factor` is null while it is not. */
  readonly measure: { readonly factor: 2 | 4 | null; readonly rows: readonly Measurement[] } | null;
  /** A video is looked at frame by frame. */
  readonly frames: VideoFrames | null;
  readonly offer: WeightsOffer | null;
  /** What its latent can be turned into with the interposers at hand. */
  readonly conversions: readonly Conversion[];
  /** One of these is under way. */
  readonly isConverting: boolean;
}

/** Null where nothing of it would be there. */
export function itemBar(state: AppState): ItemBar | null {
  const item = currentItem(state);
  if (item === null) return null;
  const offer = weightsOffer(state);
  const { source } = item;
  const frames = videoFrames(state, item);
  const conversions = item.latent === null ? [] : conversionsOf(state, item.latent.family);
  const isPlain = frames === null && offer === null && conversions.length === 0;
  if (source.kind === 'latent' && isPlain) return null;
  return {
    name: item.name,
    detail: source.kind === 'picture' ? sizesOf(source) : latentDetail(item),
    sides: source.kind === 'picture' ? sidesOf(source) : null,
    measure:
      source.kind === 'picture'
        ? { factor: source.settings.referenceFactor, rows: measurements(state) }
        : null,
    frames,
    offer,
    conversions,
    isConverting: state.activity?.what === 'convert',
  };
}

const latentDetail = ({ latent }: Item): string =>
  latent === null ? '' : itemsWords().latentOf(latent.width, latent.height);

/** The sizes that are worth a choice, in pixels of the longest side. */
const SIDES = [256, 512, 768, 1024, 1536, 2048];

function sidesOf({ width, height, settings }: PictureSource): ItemBar['sides'] {
  const own = Math.max(width, height);
  const sides = [
    ...new Set([...SIDES.filter((side) => side < own), Math.min(own, 2048), settings.longestSide]),
  ];
  return {
    value: String(settings.longestSide >= own ? Math.min(own, 2048) : settings.longestSide),
    choices: sides
      .filter((side) => side <= Math.max(own, 256))
      .sort((a, b) => a - b)
      .map((side) => ({
        value: String(side),
        label: side === own ? itemsWords().ownSize(side) : itemsWords().atMost(side),
      })),
  };
}

/** `2000 × 1500 px, reduced to 1024 × 768`. */
function sizesOf({ width, height, settings }: PictureSource): string {
  const { referenceFactor: factor } = settings;
  const original = originalSize({ width, height }, settings);
  const own = `${width} × ${height} px`;
  const yardstick = isReduced({ width, height }, settings)
    ? itemsWords().reducedTo(original.width, original.height)
    : '';
  return factor === null
    ? `${own}${yardstick}`
    : own + yardstick + itemsWords().shrunkTo(factor, original.width / factor, original.height / factor);
}
