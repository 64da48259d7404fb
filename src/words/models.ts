import { area } from './language.ts';
import { plural } from './numbers.ts';

const english = {
  title: 'Models',
  close: 'Close',
  drop: (kinds: string) =>
    `Drop a VAE or a LUA checkpoint anywhere on this page (${kinds}). The type is detected from its tensors. It stays in this browser.`,
  choose: 'Choose a file',
  weightsFiles: 'Weights files',
  address: 'Address of a weights file',
  fetch: 'Fetch',
  fetchOf: (title: string) => `Fetch ${title}`,
  fetching: 'Fetching…',
  onTheirWay: 'On their way',
  cancel: 'Cancel',
  cancelOf: (name: string) => `Cancel ${name}`,
  progressOf: (name: string) => `Progress of ${name}`,
  unfinished: 'Unfinished',
  resume: 'Resume',
  resumeOf: (name: string) => `Resume ${name}`,
  discard: 'Discard',
  discardOf: (name: string) => `Discard ${name}`,
  inUse: 'Models in use',
  families: 'Families',
  anyPicture: 'Any picture',
  roles: {
    decoder: 'Decoder',
    upscaler: 'Upscaler',
    encoder: 'Encoder',
    'pixel-upscaler': 'Pixel network',
    interposer: 'Interposer',
  },
  roleFor: (role: string, what: string) => `${role} for ${what}`,
  roleForAny: (role: string) => `${role} for any picture`,
  downloadsNote: "Downloads come from their authors' sites, only when you click, under their own licences.",
  noneTried: 'We have not tried these addresses yet: a file may have moved, or differ in size.',
  notTried: 'address not tried yet',
  openNow: 'open now',
  previewOnly: 'Quick preview only: no weights yet.',
  downloads: (count: number) => `${count} ${plural(count, 'download', 'downloads')}`,
  none: 'None',
  stored: 'stored',
  available: 'Available models',
  added: (storage: string) => `Added weights: ${storage}`,
  clear: 'Clear all',
  remove: 'Remove',
  removeOf: (name: string) => `Remove ${name}`,
  looking: 'Looking at it',
  fetched: (part: string) => `${part} fetched`,
  builtIn: (title: string) => `${title} (built in)`,
  memory: (size: string) =>
    `About ${size} of memory for the open latent in one piece; larger ones are cut into tiles.`,
  heavy: ' That is a lot: it may be slow here, or fail.',
  heavyNow: (size: string) =>
    ` The open latent would take about ${size} in one piece; it is cut into tiles, and may still be slow or too much for this device.`,
  cost: (seconds: string, memory: string) =>
    `512 px: about ${seconds} s on one CPU core, ${memory} of memory`,
  sizeUnknown: 'size unknown',
  about: (size: string) => `about ${size}`,
  noLicence: 'licence not verified',
  ownFile: 'a file of yours',
  storedFrom: (size: string, source: string) => `${size} · from ${source}`,
  builtInFile: (size: string, licence: string) => `${size} · built in · ${licence}`,
  lookingAtStored: 'Looking at what is stored…',
  usedForNow: (used: string) =>
    `${used} used; this browser gives the page no storage here, so weights last until it closes.`,
  used: (used: string) => `${used} used in this browser.`,
  usedAndFree: (used: string, free: string) => `${used} used in this browser, ${free} free.`,
  parameters: (title: string, count: string) => `${title}, ${count} parameters`,
  addedFor: (what: string, use: string) => `${what}: added, ${use}.`,
  useInterposer: 'offered over the pictures of such latents',
  useFor: (families: readonly string[]) => `used for ${families.join(' and ')} latents`,
  usePixel: 'compare with it under Baselines',
  useNone: 'but no latents known here have as many channels',
};

export type ModelsWords = typeof english;

/** The models panel. */
export const modelsWords = area('models', english);
