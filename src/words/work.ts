import { area } from './language.ts';
import { plural } from './numbers.ts';

const english = {
  /** Of two amounts, such as bytes. */
  of: (part: string, whole: string) => `${part} of ${whole}`,
  drop: 'Drop a latent file or a picture anywhere on this page.',
  stopped: 'Stopped. Finished pictures are kept.',
  ready: (name: string, done: number) =>
    plural(done, `${name} is ready.`, `${name}: all ${done} pictures are ready.`),
  partlyReady: (name: string, done: number, all: number) => `${name}: ${done} of ${all} pictures are ready.`,
  reading: (file: string) => `Reading ${file}`,
  fetching: (file: string, part: string) => `Fetching ${file}: ${part}`,
  looking: (name: string) => `Looking at ${name}`,
  keeping: (name: string, part: string) => `Keeping ${name}: ${part}`,
  deciding: 'Checking how to read this file',
  converting: 'Converting the latent',
  upscalingToSave: 'Upscaling the latent for the download',
  tiles: (tile: number, tiles: number) => `, ${tile} of ${tiles} tiles done`,
  timing: (picture: string) => `Timing again: ${picture}`,
  thePicture: 'the picture',
  downloading: (part: string) => `Downloading the models: ${part}`,
  checking: (file: string) => `Checking ${file}`,
  settingUp: (what: string) => `${what}: setting up`,
  trying: (file: string) => `Trying out ${file}`,
  encoding: 'Encoding the picture',
  upscaling: (picture: string) => `${picture}: upscaling the latent`,
  decoding: (picture: string) => `${picture}: decoding`,
  loading: 'Loading the models',
  starting: (picture: string) => `${picture}: starting`,
  startingOn: (picture: string, backend: string) => `${picture}: starting on ${backend}`,
  cpu: 'the CPU',
  inAll: (time: string) => ` (${time} in all)`,
  left: (time: string) => ` (${time} left)`,
  stalled: (seconds: number) => `, but nothing has come for ${seconds} s. Wait, or cancel and try again.`,
  aboutSeconds: (seconds: number) => `about ${seconds} s`,
  aboutMinutes: (minutes: number) => `about ${minutes} min`,
  unexpected: (text: string) =>
    `Something unexpected went wrong (${text}). What was on the page is still there; try again.`,
  partMissing:
    'A part of the page could not be loaded: a new version is here, or the connection broke. Reload the page.',
  heavy: (width: number, height: number, time: string | null) =>
    `${width} × ${height} pixels need a lot of memory and time${time === null ? '' : ` (${time})`}.`,
  slow: (time: string) => `This takes ${time} on the CPU.`,
  suggestion: (title: string) => ` Add one, such as ${title}.`,
  noDecoder: (family: string) => `No ${family} decoder yet.`,
  noDecoderPreview: (family: string) => `No ${family} decoder yet: showing a rough preview.`,
  noDecoderNoPreview: (family: string) => `No ${family} decoder yet, and no rough preview either.`,
  noUpscaler: (family: string) => `No upscaler for ${family} yet.`,
  noPixelNetwork: 'No pixel network yet. Add one, such as a SwinIR checkpoint for pictures.',
  wrongScale: (title: string, scale: number) => `${title} does not enlarge by ${scale}.`,
  notOpened: (failed: number, all: number) => `${failed} of ${all} files could not be opened.`,
  andMore: (more: number) => `And ${more} more.`,
  readingEnded: (name: string) => `The browser ended the reading of “${name}”. Open it once more.`,
  demoReason: 'One of the latents that come with this page.',
  waiting: 'waiting',
  running: 'running',
  done: 'finished',
  failed: 'failed',
  plain: 'needs weights',
  threads: (threads: number) => `${threads} ${plural(threads, 'thread', 'threads')}`,
  slower: (hardware: string) => `${hardware}: slower`,
  reload: 'Reload the page to use every core of the processor. ',
  advice: 'A browser with WebGPU on a machine with a graphics card is many times faster.',
  linkCopied: 'Link copied.',
  linkInBar: 'The link is in the address bar.',
  linkWithoutFile: ' It carries the view, not your file: files never leave this machine.',
  notAdded: (name: string) => `“${name}” was not added; nothing of it is kept.`,
};

export type WorkWords = typeof english;

/** What the page says of its work: status line, verdict, device, and why a picture is not there. */
export const workWords = area('work', english);
