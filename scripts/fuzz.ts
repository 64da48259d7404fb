/**
 * `npm run fuzz -- --runs N --seed S [--large M] [--reader NAME]`: N mutated and N random files for every reader of latents, and
 * M large ones (up to 64 MB; pickles opcode by opcode; checkpoints). Each must end
 * in a latent or a sentence, within a second and 256 MB. Prints one line each; exits 1 and names the cases where one fails.
 */
import { parseArgs } from 'node:util';
import { fuzzLarge, LARGE_TARGETS, type LargeTarget } from './fuzz-large.ts';
import { fuzzReader, TARGETS, type TargetName } from './fuzz-readers.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    reader: { type: 'string' },
    large: { type: 'string', default: '100' },
  },
});
const runs = Number(values.runs);
const seed = Number(values.seed);
const names = (Object.keys(TARGETS) as TargetName[]).filter(
  (name) => values.reader === undefined || name === values.reader,
);
const largeNames = (Object.keys(LARGE_TARGETS) as LargeTarget[]).filter(
  (name) => values.reader === undefined || name === values.reader,
);
if (!Number.isInteger(runs) || runs < 0 || !Number.isInteger(seed) || largeNames.length === 0) {
  console.error(
    `usage: npm run fuzz -- --runs N --large M --seed S [--reader ${Object.keys(LARGE_TARGETS).join('|')}]`,
  );
  process.exit(2);
}

let failed = 0;
for (const name of names) {
  for (const kind of ['mutated', 'random'] as const) {
    const tally = fuzzReader(name, kind, runs, seed);
    const codes = Object.entries(tally.codes).map(([code, count]) => `${code} ${count}`);
    console.log(
      `${name} ${kind}: ${runs} files, ${tally.latents} latents, ${tally.refused} refused (${codes.join(', ')}), ` +
        `slowest ${tally.slowestMs.toFixed(1)} ms, most memory ${(tally.mostGrownBytes / 2 ** 20).toFixed(1)} MB, ${tally.failures.length} failures`,
    );
    for (const { index, why } of tally.failures.slice(0, 10)) {
      console.log(`  case ${index} of seed ${seed}: ${why}`);
    }
    failed += tally.failures.length;
  }
}
const MB = 2 ** 20;
for (const name of largeNames) {
  const tally = fuzzLarge(name, Number(values.large), seed);
  console.log(
    `${name} large: ${values.large} files, ${tally.accepted} accepted, ${tally.refused} refused, slowest ${tally.slowestMs.toFixed(1)} ms, ` +
      `largest file ${(tally.largestFileBytes / MB).toFixed(1)} MB, most memory ${(tally.mostGrownBytes / MB).toFixed(1)} MB, ${tally.failures.length} failures`,
  );
  for (const { index, why } of tally.failures.slice(0, 10)) {
    console.log(`  large case ${index} of seed ${seed}: ${why}`);
  }
  failed += tally.failures.length;
}
console.log(`peak memory of the whole process: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);
process.exit(failed > 0 ? 1 : 0);
