import type { ExportsWords } from '../exports.ts';
import { plural } from '../numbers.ts';

export const exports: ExportsWords = {
  title: 'Exportieren',
  close: 'Schließen',
  cancel: 'Abbrechen',
  pictures: 'Bilder',
  scope: 'Aus welchen Dateien',
  everything: (files) => `Alles Geöffnete (${files})`,
  thisFile: 'Diese Datei',
  thisFrame: 'Dieses Einzelbild',
  thisLayer: 'Diese Ebene',
  allLayers: (layers) => `Alle ${layers} Ebenen`,
  allFrames: (frames) => `Alle ${frames} Einzelbilder`,
  format: 'Format',
  formats: { 'image/png': 'PNG, verlustfrei', 'image/jpeg': 'JPEG', 'image/webp': 'WebP' },
  quality: 'Qualität',
  saveZip: (count) => `${count} ${plural(count, 'Bild', 'Bilder')} als ZIP speichern`,
  saveZipNote:
    'Jedes gezeigte Verfahren in jeder Größe; was noch nicht berechnet ist, wird zuerst berechnet.',
  slider: 'Der Schieber',
  ownFileNote:
    'Ein Link oder eine eingebettete Ansicht kann keine eigene Datei enthalten: Dateien verlassen diesen Rechner nie. Der Film kann es.',
  copyLink: 'Link kopieren',
  copyCode: 'Einbettungscode kopieren',
  linkCopied: 'Link kopiert.',
  codeCopied: 'Einbettungscode kopiert.',
  code: 'Einbettungscode',
  film: 'Kurzen Film speichern (WebM)',
  filmHint: 'Sechs Sekunden, die Trennlinie wandert hin und her',
  noFilm: 'Dieser Browser kann kein WebM aufnehmen',
  cannotCopy: 'Der Browser lässt diese Seite nicht kopieren; bitte den Text selbst markieren.',
  exporting: 'Export läuft',
  recording: 'Sechs Sekunden werden aufgenommen',
  done: (done, total) => `${done} von ${total} ${plural(total, 'Bild', 'Bildern')}`,
  zipSaved: 'Das ZIP ist gespeichert.',
  zipSavedWithout: (failures) => `Das ZIP ist ohne diese gespeichert: ${failures}`,
  filmSaved: 'Der Film ist gespeichert.',
  onClipboard: (name) => `${name} ist in der Zwischenablage.`,
  figureOnClipboard: 'Die Abbildung ist in der Zwischenablage.',
  figureDownloaded:
    'Die Abbildung wurde heruntergeladen: Dieser Browser lässt Seiten hier keine Bilder kopieren.',
};
