// One tsc run for each project of tsconfig.json, that is, for each kind of global scope: page (DOM), worker (WebWorker), Node.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const { references } = JSON.parse(readFileSync(new URL('../tsconfig.json', import.meta.url), 'utf8'));
const failed = references
  .map(({ path }) => path)
  .filter((project) => spawnSync('npx', ['tsc', '-p', project], { stdio: 'inherit' }).status !== 0);
if (failed.length > 0) console.error(`types: errors under ${failed.join(', ')}`);
process.exit(failed.length > 0 ? 1 : 0);
