import { area } from './language.ts';

const english = {
  title: 'Race from latent to picture',
  again: 'Race again',
  close: 'Close the race',
  waiting: 'waiting',
  network: 'Pixel network',
  luaHow: 'enlarges the latent, then decodes',
  networkHow: 'decodes, then enlarges the pixels',
  failed: (name: string, why: string) => `${name} failed: ${why}`,
  settingUp: 'Setting both up; the race starts with their second runs.',
  settingUpLong: (name: string, time: string) =>
    `Setting both up. As its first tiles tell, ${name} needs ${time}.`,
  running: 'From the latent to the finished 2× picture.',
  luaFaster: (name: string, times: string, saved: string) =>
    `${name} is ${times} times as fast as the pixel network (${saved} saved).`,
  networkFaster: (name: string, times: string, saved: string) =>
    `The pixel network is ${times} times as fast as ${name} (${saved} saved).`,
};

export type RaceWords = typeof english;

/** The race of LUA and a pixel-space network. */
export const raceWords = area('race', english);
