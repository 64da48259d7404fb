// npx tsx scripts/write-known-costs.ts: writes into src/app/models/known-weights.json what each network of the list asks for a latent of
// 512 px, after an entry has come or a graph has changed.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { KNOWN_WEIGHTS } from '../src/app/models/known-weights.ts';
import { costOf } from './known-costs.ts';

const list = KNOWN_WEIGHTS.map((known) => ({ ...known, cost: costOf(known) }));
const file = fileURLToPath(new URL('../src/app/models/known-weights.json', import.meta.url));
writeFileSync(file, `${JSON.stringify(list, null, 2)}\n`);
for (const { id, cost } of list) {
  console.log(`${id}: ${cost.gigaMultiplyAdds} GMAC, ${cost.memoryBytes / 1e6} MB`);
}
