/** Fetches the scripts of what a person may do next, so that the page is whole without a network; what fails is fetched with its use. */
export function fetchLaterScripts(): void {
  const scripts: readonly Promise<unknown>[] = [
    import('../app/models/known-weights.ts'),
    import('../app/models/models-content.ts'),
    import('../app/models/describe-added.ts'),
    import('../app/run/decide-reading.ts'),
    import('../app/run/keep-picture.ts'),
    import('../app/run/members.ts'),
    import('../app/run/question.ts'),
    import('../browser/open-picture.ts'),
    import('../core/latent/interpret.ts'),
    import('../ui/elements/ll-models.ts'),
    import('./dialogs.ts'),
    import('./export-dialog.ts'),
    import('./file-session.ts'),
    import('./files-dialog.ts'),
    import('./item-panels.ts'),
    import('./page-exports.ts'),
    import('./render-verdict.ts'),
  ];
  for (const script of scripts) script.catch(() => {});
}
