import type { VerdictWords } from '../verdict.ts';

export const verdict: VerdictWords = {
  detailMeasure:
    'Feine Details: die mittlere quadrierte Differenz benachbarter Pixel, verglichen mit dem bikubisch vergrößerten 1×-Bild. Falsche Details zählen mit: Sehen Sie sich die Bilder an.',
  even: (name, share) => `${name} 2× hat hier nicht mehr feine Details als bloßes Vergrößern (${share}×)`,
  better: (name, share) => `${name} 2× hat ${share}× so viele feine Details wie bloßes Vergrößern`,
  worse: (name, share) =>
    `${name} 2× ist hier weicher als bloßes Vergrößern: ${share}× so viele feine Details`,
  openToCompare: 'Ein Latent öffnen, um LUA mit bloßem Vergrößern der Pixel zu vergleichen.',
  nothingToCompare: 'Noch nichts zu vergleichen: LUA kann auf diesem Latent nicht laufen.',
  showToCompare: (name) => `${name} 2× einblenden, um es mit bloßem Vergrößern zu vergleichen.`,
  failedToCompare: (name) => `${name} 2× ist fehlgeschlagen, es gibt also nichts zu vergleichen.`,
  pending: (name) => `${name} 2× gegen bloßes Vergrößern: wird gemessen, sobald beide da sind.`,
  took: (name, time) => `${name} 2× hat ${time} zum Hochskalieren gebraucht. `,
  inTime: (time) => `, bei ${time} fürs Hochskalieren`,
  tooLarge: 'So große Bilder werden nicht vermessen.',
  showFirst: 'Auch das 1×-Bild einblenden, um die Details zu vergleichen.',
  comparing: 'Die Bilder werden verglichen…',
  rival: (time) => `; das Pixel-Netz hat ${time} gebraucht`,
  rivalExpected: (time) => `; das Pixel-Netz braucht ${time}, nach seinen ersten Kacheln`,
  rivalSharper: (time) => `; das Pixel-Netz hat ${time} gebraucht und zeigt mehr`,
  nearer: (gain) => `. Gegenüber dem Original ist es ${gain} dB besser als bikubische Pixel`,
  farther: (gain) => `. Gegenüber dem Original ist es ${gain} dB schlechter als bikubische Pixel`,
  stop: '.',
  needsRival: 'Zuerst unter „Modelle“ ein Pixel-Netz hinzufügen, etwa einen SwinIR-Checkpoint für 2×.',
  race: 'Lässt den Latent-Upscaler und das Pixel-Netz nacheinander laufen und zeigt, wie lange jedes braucht',
  noRace: 'Hier gibt es noch kein Pixel-Netz: unter „Modelle“ eines hinzufügen, etwa einen SwinIR-Checkpoint',
};
