// npm run check:known [-- --write]: asks every address of src/app/models/known-weights.json for its head, and says which are gone or of
// another size. --write notes in the list when each was seen and how large; without it, what would be written is printed. Exits with 1 if
// one changed; with 0, and the word that nothing was verified, where there is no network.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { KNOWN_WEIGHTS } from '../src/app/models/known-weights.ts';
import { checkAddresses } from './known-addresses.ts';

const today = new Date().toISOString().slice(0, 10);
const { verdicts, list } = await checkAddresses(KNOWN_WEIGHTS, today, console.log);
const differing = list.filter((known, i) => known !== KNOWN_WEIGHTS[i]);
if (process.argv.includes('--write') && differing.length > 0) {
  const file = fileURLToPath(new URL('../src/app/models/known-weights.json', import.meta.url));
  writeFileSync(file, `${JSON.stringify(list, null, 2)}\n`);
  console.log(`Noted of ${differing.length} addresses what they said on ${today}.`);
} else if (differing.length > 0) {
  console.log('What "npm run check:known -- --write" would note:');
  for (const { id, seen } of differing) console.log(`    ${id}: ${JSON.stringify(seen ?? null)}`);
}
if (verdicts.some(({ outcome }) => outcome === 'changed')) process.exitCode = 1;
