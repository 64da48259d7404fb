import { area } from './language.ts';
import { plural } from './numbers.ts';

const english = {
  title: 'Export',
  close: 'Close',
  cancel: 'Cancel',
  pictures: 'Pictures',
  scope: 'Of which files',
  everything: (files: number) => `Everything open (${files})`,
  thisFile: 'This file',
  thisFrame: 'This frame',
  thisLayer: 'This layer',
  allLayers: (layers: number) => `All ${layers} layers`,
  allFrames: (frames: number) => `All ${frames} frames`,
  format: 'Format',
  formats: { 'image/png': 'PNG, lossless', 'image/jpeg': 'JPEG', 'image/webp': 'WebP' },
  quality: 'Quality',
  saveZip: (count: number) => `Save ${count} ${plural(count, 'picture', 'pictures')} as ZIP`,
  saveZipNote: 'Every shown way and size; those that are not computed yet are computed first.',
  slider: 'The slider',
  ownFileNote:
    'A link or an embedded view cannot carry a file of yours: files never leave this machine. The film can.',
  copyLink: 'Copy link',
  copyCode: 'Copy embed code',
  linkCopied: 'Link copied.',
  codeCopied: 'Embed code copied.',
  code: 'Embed code',
  film: 'Save a short film (WebM)',
  filmHint: 'Six seconds, the line going to and fro',
  noFilm: 'This browser cannot record WebM',
  cannotCopy: 'The browser does not let this page copy; select the text instead.',
  exporting: 'Exporting',
  recording: 'Recording six seconds',
  done: (done: number, total: number) => `${done} of ${total} ${plural(total, 'picture', 'pictures')}`,
  zipSaved: 'The ZIP is saved.',
  zipSavedWithout: (failures: string) => `The ZIP is saved without these: ${failures}`,
  filmSaved: 'The film is saved.',
  onClipboard: (name: string) => `${name} is on the clipboard.`,
  figureOnClipboard: 'The figure is on the clipboard.',
  figureDownloaded: 'The figure was downloaded: this browser does not let pages copy pictures here.',
};

export type ExportsWords = typeof english;

/** What is taken out of the page: the export dialog, copies and downloads. */
export const exportsWords = area('exports', english);
