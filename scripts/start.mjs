// `npm start`: installs what is missing, serves the page and prints its address.
import { spawn } from 'node:child_process';
import { ensurePackages, root } from './install.mjs';

ensurePackages();
const server = spawn('npx', ['vite', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
server.on('exit', (code) => process.exit(code ?? 0));
