import { expose, proxy } from 'comlink';
import type { EngineHost } from '../src/contract/engine.ts';
import { installTransferHandlers, releasingReports } from '../src/contract/transfer.ts';
import { trustOwnScripts } from '../src/contract/trusted-scripts.ts';
import { createBrowserDeps } from './browser-deps.ts';
import { createEngine } from './engine.ts';

// The runtime starts its threads as workers of this one.
trustOwnScripts();
installTransferHandlers();

const host: EngineHost = {
  open: async (settings) => proxy(releasingReports(createEngine(createBrowserDeps(settings)))),
};
expose(host);
