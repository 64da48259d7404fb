import { expose, proxy } from 'comlink';
import type { EngineHost } from '../src/contract/engine.ts';
import { installTransferHandlers, releasingReports } from '../src/contract/transfer.ts';
import { createBrowserDeps } from './browser-deps.ts';
import { createEngine } from './engine.ts';

installTransferHandlers();

const host: EngineHost = {
  open: async (settings) => proxy(releasingReports(createEngine(createBrowserDeps(settings)))),
};
expose(host);
