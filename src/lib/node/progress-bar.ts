import { basename } from 'node:path';
import type { EngineProgress } from '../../../workers/direct/engine-types.ts';
import type { Streams } from './streams.ts';

const BAR_CHARS = 24;

const DOING: Readonly<Partial<Record<EngineProgress['kind'], string>>> = {
  compile: 'preparing',
  encode: 'encoding',
  upscale: 'upscaling',
  decode: 'decoding',
};

export interface ProgressBar {
  /** The next file; what is given back is told how far it is. */
  begin(file: string): (progress: EngineProgress) => void;
  /** Takes the line away, for a result to stand there. */
  clear(): void;
}

const SILENT: ProgressBar = { begin: () => () => {}, clear: () => {} };

/**
 * One line of a terminal that is written over: "[#####     ] 3/12 decoding one.npy". It moves with the tiles of a file, of which each
 * takes `steps` passes, and never back. Nothing is written where there is no terminal.
 */
export function createProgressBar(
  { err, isTerminal, columns }: Streams,
  total: number,
  steps: number,
): ProgressBar {
  if (!isTerminal) return SILENT;
  // One less than there is room for: a full line would wrap.
  const width = Math.max(1, columns - 1);
  let index = -1;
  let share = 0;
  let file = '';

  function draw(doing: string): void {
    const filled = Math.floor((BAR_CHARS * (index + share)) / total);
    const line = `[${'#'.repeat(filled)}${' '.repeat(BAR_CHARS - filled)}] ${index}/${total} ${doing}${basename(file)}`;
    err(`\r${line.slice(0, width).padEnd(width)}`);
  }

  function tell(progress: EngineProgress): void {
    const step = progress.kind === 'decode' && steps > 1 ? 1 : 0;
    if ('tiles' in progress) share = Math.max(share, (step + progress.tile / progress.tiles) / steps);
    const doing = DOING[progress.kind];
    if (doing !== undefined) draw(`${doing} `);
  }

  return {
    begin(next) {
      index += 1;
      share = 0;
      file = next;
      draw('');
      return tell;
    },
    clear: () => err(`\r${' '.repeat(width)}\r`),
  };
}
