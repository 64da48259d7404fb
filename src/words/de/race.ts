import type { RaceWords } from '../race.ts';

export const race: RaceWords = {
  title: 'Wettlauf vom Latent zum Bild',
  again: 'Noch ein Wettlauf',
  close: 'Wettlauf schließen',
  waiting: 'wartet',
  network: 'Pixel-Netz',
  luaHow: 'vergrößert das Latent, dekodiert dann',
  networkHow: 'dekodiert, vergrößert dann die Pixel',
  failed: (name, why) => `${name} ist fehlgeschlagen: ${why}`,
  settingUp: 'Beide werden eingerichtet; der Wettlauf beginnt mit ihrem zweiten Lauf.',
  settingUpLong: (name, time) =>
    `Beide werden eingerichtet. Nach seinen ersten Kacheln braucht ${name} ${time}.`,
  running: 'Vom Latent zum fertigen 2×-Bild.',
  luaFaster: (name, times, saved) =>
    `${name} ist ${times}-mal so schnell wie das Pixel-Netz (${saved} gespart).`,
  networkFaster: (name, times, saved) =>
    `Das Pixel-Netz ist ${times}-mal so schnell wie ${name} (${saved} gespart).`,
};
