// One tsc run for each kind of global scope: page (DOM), worker (WebWorker), Node (tools and tests).
import { spawnSync } from 'node:child_process';

const projects = ['tsconfig.page.json', 'tsconfig.worker.json', 'tsconfig.node.json'];
const failed = projects.filter(
  (project) => spawnSync('npx', ['tsc', '-p', project], { stdio: 'inherit' }).status !== 0,
);
if (failed.length > 0) console.error(`types: errors under ${failed.join(', ')}`);
process.exit(failed.length > 0 ? 1 : 0);
