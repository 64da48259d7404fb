import { area } from './language.ts';

const english = {
  channels: "The latent's first channels",
  channelsAfter: (upscaler: string) => `The same channels after ${upscaler}`,
  latent: (size: string) => `Latent, ${size}`,
  size: (width: number, height: number, channels: number) => `${width} × ${height}, ${channels} channels`,
  upscaling: 'Upscaling…',
  showLatent: 'Show this latent',
  decoder: 'Decoder',
  decoded: 'The decoded picture',
  picture: (size: string) => `Picture, ${size}`,
  viewer: 'Channels and values',
  channel: 'Channel',
  numbered: (number: number, count: number) => `${number} of ${count}`,
  values: (low: string, high: string, mean: string, std: string) =>
    `${low} to ${high}, mean ${mean}, standard deviation ${std}`,
  asGrey: (number: number) => `Channel ${number} as grey values`,
  howOften: (number: number) => `How often each value occurs in channel ${number}`,
};

export type HowWords = typeof english;

/** The strip on how a larger picture comes about. */
export const howWords = area('how', english);
