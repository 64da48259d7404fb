/**
 * `npm run fuzz -- --runs N --seed S [--large M] [--reader NAME]`: N mutated and N random files for every reader of latents, N
 * checkpoints made up and N damaged, and M large files of each kind (up to 64 MB; pickles opcode by opcode; checkpoints). Each must end
 * in a latent or a sentence, within a second and 256 MB. Prints one line each; exits 1 and names the cases where one fails.
 *
 * `npm run fuzz -- --total 1000000 --journal FILE`: so many over all targets, one in a thousand of them large. It can be ended and started
 * again.
 */
import { parseArgs } from 'node:util';
import { fuzzCheckpoints } from './fuzz-checkpoints.ts';
import { fuzzLarge, LARGE_TARGETS, type LargeTarget } from './fuzz-large.ts';
import { BLOCK_FILES, fuzzLong, summed } from './fuzz-long.ts';
import { fuzzReader, TARGETS, type Tally, type TargetName } from './fuzz-readers.ts';

const MB = 2 ** 20;

/** Prints what came of a target's files; how many of them failed. */
function tell(target: string, files: number, tally: Tally): number {
  const { accepted, refused, slowestMs, largestFileBytes, mostGrownBytes, codes, failures } = tally;
  const reasons = Object.entries(codes).map(([code, count]) => `${code} ${count}`);
  const why = reasons.length === 0 ? '' : ` (${reasons.join(', ')})`;
  console.log(
    `${target}: ${files} files, ${accepted} accepted, ${refused} refused${why}, slowest ${slowestMs.toFixed(1)} ms, ` +
      `largest file ${(largestFileBytes / MB).toFixed(2)} MB, most memory ${(mostGrownBytes / MB).toFixed(1)} MB, ${failures.length} failures`,
  );
  for (const { index, why: reason } of failures.slice(0, 10)) console.log(`  case ${index}: ${reason}`);
  return failures.length;
}

interface Wish {
  readonly runs: number;
  readonly large: number;
  readonly seed: number;
  readonly reader: string | undefined;
}

function fuzzAll({ runs, large, seed, reader }: Wish): number {
  const isWanted = (name: string): boolean => reader === undefined || name === reader;
  let failed = 0;
  for (const name of (Object.keys(TARGETS) as TargetName[]).filter(isWanted)) {
    for (const kind of ['mutated', 'random'] as const) {
      failed += tell(`${name} ${kind}`, runs, fuzzReader(name, kind, runs, seed));
    }
  }
  for (const kind of isWanted('checkpoint') ? (['made', 'damaged'] as const) : []) {
    failed += tell(`checkpoint ${kind}`, runs, fuzzCheckpoints(kind, runs, seed));
  }
  for (const name of (Object.keys(LARGE_TARGETS) as LargeTarget[]).filter(isWanted)) {
    failed += tell(`${name} large`, large, fuzzLarge(name, large, seed));
  }
  return failed;
}

function fuzzMany(total: number, journal: string): number {
  const sums = summed(
    fuzzLong({ blocks: Math.ceil(total / BLOCK_FILES), journal, say: (line) => console.log(line) }),
  );
  console.log(`${sums.reduce((all, { files }) => all + files, 0)} files`);
  return sums.reduce((failed, sum) => failed + tell(sum.target, sum.files, sum), 0);
}

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    reader: { type: 'string' },
    large: { type: 'string', default: '100' },
    total: { type: 'string' },
    journal: { type: 'string' },
  },
});
const [runs, large, seed] = [Number(values.runs), Number(values.large), Number(values.seed)];
const isKnown = values.reader === undefined || values.reader in LARGE_TARGETS;
const isLong = values.total !== undefined;
if (![runs, large, seed].every((n) => Number.isInteger(n) && n >= 0) || !isKnown) {
  const names = Object.keys(LARGE_TARGETS).join('|');
  console.error(`usage: npm run fuzz -- --runs N --large M --seed S [--reader ${names}]`);
  process.exit(2);
}
if (isLong && (!(Number(values.total) > 0) || values.journal === undefined)) {
  console.error('usage: npm run fuzz -- --total N --journal FILE');
  process.exit(2);
}

const failed = isLong
  ? fuzzMany(Number(values.total), values.journal ?? '')
  : fuzzAll({ runs, large, seed, reader: values.reader });
console.log(`peak memory of the whole process: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);
process.exit(failed > 0 ? 1 : 0);
