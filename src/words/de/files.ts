import type { FilesWords } from '../files.ts';
import { plural } from '../numbers.ts';

const count = (files: number): string => `${files} ${plural(files, 'Datei', 'Dateien')}`;

export const files: FilesWords = {
  title: 'Dateien',
  close: 'Schließen',
  open: 'Dateien öffnen',
  openFolder: 'Ordner öffnen',
  openNow: 'gerade offen',
  forget: 'Vergessen',
  forgetOf: (name) => `${name} vergessen`,
  noStorage:
    'Dieser Browser gibt der Seite keinen Speicher für Dateien; nach dem Neuladen müssen sie neu geöffnet werden.',
  keep: (size) =>
    `Geöffnete Dateien in diesem Browser behalten, damit sie nach dem Neuladen wieder da sind (bis ${size} je Datei)`,
  recent: 'Zuletzt geöffnet',
  none: 'Noch keine.',
  kept: (size) => `${size} in diesem Browser gespeichert. Nichts wird hochgeladen.`,
  clear: 'Alle löschen',
  zip: 'ZIP-Archiv',
  nothingFits: (all) => `Der Ordner enthält ${count(all)}, darunter weder ein Latent noch ein Bild.`,
  leftOut: (left) =>
    `${count(left)} des Ordners ${plural(left, 'wurde', 'wurden')} ausgelassen: weder Latent noch Bild, oder ein Checkpoint.`,
  onlyFirst: (first) => ` Nur die ersten ${first} wurden geöffnet; die übrigen bitte einzeln öffnen.`,
};
