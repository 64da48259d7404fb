/** What the bundler tells of a module while it cuts chunks. */
interface ModuleLinks {
  readonly isEntry: boolean;
  /** Modules that import it statically. */
  readonly importers: readonly string[];
}

interface Chunking {
  getModuleInfo(id: string): ModuleLinks | null;
}

/**
 * Chunk of a worker's module: what the worker's own file imports stands beside it, so that nothing imports that file itself. WebKit would
 * run it once more for the first script that does, and all that it had set up would stand twice. Null leaves a module to the bundler.
 */
export function chunkBesideEntry(id: string, modules: Chunking): string | null {
  if (modules.getModuleInfo(id)?.isEntry !== false) return null;
  const seen = new Set([id]);
  for (const each of seen) {
    const links = modules.getModuleInfo(each);
    if (links?.isEntry === true) return nameOf(each);
    for (const importer of links?.importers ?? []) seen.add(importer);
  }
  return null;
}

/** ".../workers/upscaler.worker.ts" -> "upscaler" */
const nameOf = (id: string): string => /([^\\/.]+)[^\\/]*$/.exec(id)?.[1] ?? 'worker';
