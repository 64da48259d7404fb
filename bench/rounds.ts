import { median } from './median.ts';

/** One timed call. */
export interface Sample {
  /** What counts: CPU time of the page's processes on the CPU, wall time on a GPU; in ms. */
  readonly costMs: number;
  readonly wallMs: number;
  readonly peakMb: number | null;
  /** Session creation within it, where the call tells. */
  readonly compileMs: number;
  readonly tiles: number;
}

/** One contender at one size. */
export interface Cell {
  readonly id: string;
  /** Makes `count` pictures and gives the mean of one. */
  run(count: number): Promise<Sample>;
  /** What it cost at half this size, or null: four times that is what is foreseen. */
  readonly halfSizeMs: number | null;
  /** Ends a call that takes too long; the contender is out from then on. */
  abandon(): Promise<void>;
}

export interface Outcome {
  readonly id: string;
  readonly cold?: Sample;
  readonly warm?: {
    readonly runs: number;
    readonly costMs: number;
    readonly leastMs: number;
    readonly mostMs: number;
    readonly wallMs: number;
    readonly peakMb: number | null;
  };
  /** Why there is no figure, or none of a warm run. */
  readonly note?: string;
}

/** Runs shorter than this are repeated within a sample: the system counts CPU time in hundredths of a second. */
const SHORTEST_MS = 250;
const MOST_REPEATS = 8;
/** A busy machine may take many times the CPU time that is counted. */
const PATIENCE = 12;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;

function overdue<T>(work: Promise<T>, ms: number): Promise<T | 'overdue'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'overdue'>((resolve) => {
    timer = setTimeout(() => resolve('overdue'), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** What went wrong in a page, without the words that Playwright puts before it. */
const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .split('\n', 1)
    .join('')
    .replace(/^\w+\.evaluate: (?:\w*Error: )?/, '');

interface Runner {
  readonly cell: Cell;
  readonly cold: Sample | null;
  note: string | null;
  readonly warm: Sample[];
}

async function start(cell: Cell, capMs: number): Promise<Runner> {
  const without = (note: string): Runner => ({ cell, cold: null, note, warm: [] });
  const foreseen = 4 * (cell.halfSizeMs ?? 0);
  if (foreseen > capMs) {
    return without(`about ${seconds(foreseen)} foreseen, over the cap of ${seconds(capMs)}`);
  }
  try {
    const cold = await overdue(cell.run(1), PATIENCE * capMs);
    if (cold !== 'overdue') return { cell, cold, note: null, warm: [] };
    await cell.abandon();
    return without(`given up after ${seconds(PATIENCE * capMs)}`);
  } catch (error) {
    return without(firstLine(error));
  }
}

async function again(runner: Runner, capMs: number): Promise<void> {
  const { cell, cold, warm } = runner;
  if (cold === null || runner.note !== null) return;
  const once = warm[0]?.costMs ?? Math.max(1, cold.costMs - cold.compileMs);
  const spent = once * (1 + warm.length);
  if (warm.length > 0 && spent > capMs) return;
  const repeats = Math.min(MOST_REPEATS, Math.max(1, Math.ceil(SHORTEST_MS / once)));
  const sample = await overdue(cell.run(repeats), PATIENCE * capMs);
  if (sample !== 'overdue') {
    warm.push(sample);
    return;
  }
  runner.note = `given up after ${seconds(PATIENCE * capMs)}`;
  await cell.abandon();
}

function outcomeOf({ cell, cold, note, warm }: Runner): Outcome {
  if (cold === null) return { id: cell.id, ...(note !== null && { note }) };
  const costs = warm.map(({ costMs }) => costMs);
  const peaks = [cold, ...warm].flatMap(({ peakMb }) => peakMb ?? []);
  return {
    id: cell.id,
    cold,
    ...(note !== null && { note }),
    ...(warm.length > 0 && {
      warm: {
        runs: warm.length,
        costMs: median(costs),
        leastMs: Math.min(...costs),
        mostMs: Math.max(...costs),
        wallMs: median(warm.map(({ wallMs }) => wallMs)),
        peakMb: peaks.length > 0 ? Math.max(...peaks) : null,
      },
    }),
  };
}

/**
 * All cells of one size: each once cold, then rounds in which each runs once, so that whatever the machine does meanwhile meets them all.
 * A cell stops when its warm runs have together taken `capMs`; one that is foreseen to take longer than that is passed by, with a note.
 */
export async function runInterleaved(
  cells: readonly Cell[],
  options: {
    readonly rounds: number;
    readonly capMs: number;
    /** Hears of each cold run. */
    readonly tell?: (id: string, outcome: number | string) => void;
  },
): Promise<Outcome[]> {
  const runners: Runner[] = [];
  for (const cell of cells) {
    const runner = await start(cell, options.capMs);
    runners.push(runner);
    options.tell?.(cell.id, runner.cold?.costMs ?? runner.note ?? '');
  }
  for (let round = 0; round < options.rounds; round += 1) {
    for (const runner of runners) {
      await again(runner, options.capMs).catch((error: unknown) => {
        runner.note = firstLine(error);
      });
    }
  }
  return runners.map(outcomeOf);
}
