import type { ExportContext, Exports } from './page-exports.ts';

/** What is taken out of the page; its script comes with the first use. */
export function lazyExports(context: ExportContext): Exports {
  let exports: Exports | null = null;
  async function use(act: (exports: Exports) => Promise<void>): Promise<void> {
    // At once where it is there: browsers let a page copy only while they handle the click.
    if (exports !== null) return act(exports);
    try {
      const { createExports } = await import('./page-exports.ts');
      exports ??= createExports(context);
    } catch (error) {
      return context.controller.notify(error);
    }
    await act(exports);
  }
  return {
    pane: (key, action) => use((made) => made.pane(key, action)),
    figure: () => use((made) => made.figure()),
    latent: (request) => use((made) => made.latent(request)),
    timings: (format) => use((made) => made.timings(format)),
  };
}
