import { area } from './language.ts';
import { plural } from './numbers.ts';

const english = {
  // What was understood of a file.
  nothing: 'What a file holds, and how it was read, appears here.',
  confidence: { certain: 'certain', likely: 'likely', guess: 'guess' },
  previous: (what: string) => `Previous ${what.toLowerCase()}`,
  next: (what: string) => `Next ${what.toLowerCase()}`,
  numbered: (number: number, count: number) => `${number} of ${count}`,
  readAs: (family: string, isRaw: boolean) => `${family}, ${isRaw ? 'raw VAE values' : 'model space'}`,
  confirmed: (reading: string, error: string) =>
    `${reading}: confirmed by a decode-encode round trip (error ${error}).`,
  modelSpace: 'Model space (scaled)',
  rawSpace: 'Raw VAE values',
  family: 'Family',
  values: 'Values',
  file: 'File',
  tensor: 'Tensor',
  shape: 'Shape',
  item: 'Item',
  frame: 'Frame',
  width: 'Width',
  tokens: (width: number) => `${width} tokens`,
  axes: 'Axes',
  range: 'Range',
  fromTo: (low: string, high: string) => `${low} to ${high}`,
  moments: 'Mean, std',
  /** Stands between two figures. */
  between: ', ',
  bad: 'NaN or infinite',
  picture: 'Picture',
  encodedHere: 'Picture, encoded to a latent in this tab.',
  longestSide: 'Longest side',
  atMost: (side: number) => `at most ${side} px`,
  background: 'Transparent areas',
  backgrounds: { white: 'white', grey: 'grey', black: 'black' },
  measure: 'Measure against the original',
  measureNot: 'no',
  shrinkFirst: (factor: number) => `shrink ${factor}× first`,
  encodedIn: 'Encoded in',
  // Saving a latent.
  sizeOfLatent: 'Size of the latent',
  latentAt: (scale: number) => `${scale}× latent`,
  fileFormat: 'File format',
  making: 'Making it…',
  download: 'Download latent',
  asItCame: 'As it came',
  asNpy: ', as .npy',
  thisOne: ', this one of the batch',
  thisFrame: ', this frame',
  converted: 'converted latent',
  spans: { Setup: 'Setup', Upscale: 'Upscale', Decode: 'Decode', Draw: 'Draw', Other: 'Other' },
  runs: { cold: 'first', warm: 'repeat' },
  runAgain: 'Run again',
  runAgainHint: 'One more run of every picture',
  run: 'Run',
  runMany: (runs: number) => `Run ${runs} ${plural(runs, 'time', 'times')}`,
  runManyHint: 'Median and spread of that many repeats',
  howMany: 'How many runs',
  times: (runs: number) => `${runs} ${plural(runs, 'time', 'times')}`,
  chart: 'Chart',
  table: 'Table',
  jsonHint: 'Every run with browser, adapter, models and sizes',
  csvHint: 'The same as a table',
  asTable: 'Timings as a table',
  runsColumn: 'Runs',
  total: 'Total',
  spread: 'Spread',
  noRun: (label: string, run: string) => `${label}: no ${run} run yet`,
  row: (label: string, run: string, parts: string, total: string) =>
    `${label}, ${run}: ${parts}, total ${total}`,
  caption: 'Bars share one scale. A first run includes setting up; repeats are what a second picture takes.',
};

export type BelowWords = typeof english;

/** The cards below the pictures: timings, what was understood of the latent, and how to save it. */
export const belowWords = area('below', english);
