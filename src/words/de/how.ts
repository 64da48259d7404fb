import type { HowWords } from '../how.ts';

export const how: HowWords = {
  channels: 'Die ersten Kanäle des Latents',
  channelsAfter: (upscaler) => `Dieselben Kanäle nach ${upscaler}`,
  latent: (size) => `Latent, ${size}`,
  size: (width, height, channels) => `${width} × ${height}, ${channels} Kanäle`,
  upscaling: 'Wird hochskaliert…',
  showLatent: 'Latent zeigen',
  decoder: 'Decoder',
  decoded: 'Das dekodierte Bild',
  picture: (size) => `Bild, ${size}`,
  viewer: 'Kanäle und Werte',
  channel: 'Kanal',
  numbered: (number, count) => `${number} von ${count}`,
  values: (low, high, mean, std) => `${low} bis ${high}, Mittel ${mean}, Standardabweichung ${std}`,
  asGrey: (number) => `Kanal ${number} als Graustufen`,
  howOften: (number) => `Wie oft jeder Wert in Kanal ${number} vorkommt`,
};
