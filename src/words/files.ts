import { area } from './language.ts';
import { plural } from './numbers.ts';

const count = (files: number): string => `${files} ${plural(files, 'file', 'files')}`;

const english = {
  title: 'Files',
  close: 'Close',
  open: 'Open files',
  openFolder: 'Open a folder',
  openNow: 'open now',
  forget: 'Forget',
  forgetOf: (name: string) => `Forget ${name}`,
  noStorage:
    'This browser gives the page no storage for files, so they have to be opened again after a reload.',
  keep: (size: string) =>
    `Keep opened files in this browser, so that a reload brings them back (up to ${size} each)`,
  recent: 'Recent files',
  none: 'None yet.',
  kept: (size: string) => `${size} kept in this browser. Nothing is uploaded.`,
  clear: 'Clear all',
  zip: 'ZIP archive',
  // What was left out of a folder.
  nothingFits: (files: number) => `The folder holds ${count(files)}, and none is a latent or a picture.`,
  leftOut: (files: number) =>
    `${count(files)} of the folder ${plural(files, 'was', 'were')} left out: no latent or picture, or a checkpoint.`,
  onlyFirst: (files: number) => ` Only the first ${files} were opened; open the rest on their own.`,
};

export type FilesWords = typeof english;

/** The dialog on the person's files, and what is said of folders. */
export const filesWords = area('files', english);
