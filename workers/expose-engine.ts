import { expose, proxy } from 'comlink';
import type { EngineHost, EngineSettings } from '../src/contract/engine.ts';
import { installTransferHandlers, releasingReports } from '../src/contract/transfer.ts';
import { createBrowserDeps } from './browser-deps.ts';
import { createEngine } from './engine.ts';
import type { Runtimes } from './runtimes.ts';

/**
 * Holds a lock for as long as this worker lives: browsers tell a page nothing when they end its worker, but they free its locks. Resolves
 * when the lock is held, or refused (private windows of some browsers).
 */
const holdForLife = (name: string): Promise<void> =>
  new Promise((resolve) => {
    function untilTheEnd(): Promise<never> {
      resolve();
      return new Promise(() => {});
    }
    navigator.locks.request(name, untilTheEnd).catch(() => resolve());
  });

/** Where a worker's global scope says that it has an engine. */
const EXPOSED = Symbol.for('latentlift.exposed');

/**
 * Makes the worker it is called in the other end of a `createEngineClient`, once: WebKit runs a worker's own file again for a bundler's chunk
 * that imports it, and two engines would answer every call.
 */
export function exposeEngine(runtimesFor: (settings: EngineSettings) => Runtimes): void {
  if (EXPOSED in globalThis) return;
  Object.defineProperty(globalThis, EXPOSED, { value: true });
  installTransferHandlers();
  const host: EngineHost = {
    async open(settings) {
      if (settings.lifeLock !== undefined) await holdForLife(settings.lifeLock);
      return proxy(releasingReports(createEngine(createBrowserDeps(settings, runtimesFor(settings)))));
    },
  };
  expose(host);
}
