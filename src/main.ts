import { createController } from './app/run/controller.ts';
import { parseDemos } from './app/run/demos.ts';
import { linkedOverride, linkedSource, readLink, writeLink } from './app/show/share-link.ts';
import type { Action } from './app/state/actions.ts';
import { reduce } from './app/state/reducer.ts';
import { type AppState, currentItem, initialState, type Origin } from './app/state/state.ts';
import { createStore } from './app/state/store.ts';
import { createBrowserPlatform } from './browser/browser-platform.ts';
import { expectedBackend, rememberBackend } from './browser/expected-backend.ts';
import { fetchJson } from './browser/fetch-json.ts';
import { isolateOnce, surroundingsOf, watchTouches } from './browser/isolate.ts';
import { keepOffline } from './browser/keep-offline.ts';
import { keepStorage, storedChoices } from './browser/stored-choices.ts';
import { createFileReader } from './client/file-reader.ts';
import { createLaterPictureClient } from './client/later-picture-client.ts';
import { trustOwnScripts } from './contract/trusted-scripts.ts';
import type { Override } from './core/latent/reading.ts';
import { type Backend, createEngineClient, parseManifest } from './lib/engine-client.ts';
import { createBelow } from './page/below.ts';
import { toolButtons } from './page/commands.ts';
import { isEmbedded } from './page/embed-code.ts';
import { firstPictureOf } from './page/first-picture.ts';
import { lazyExports } from './page/lazy-exports.ts';
import { createModelsPanel } from './page/models-panel.ts';
import { openingZoom } from './page/opening-zoom.ts';
import { createOwnFiles } from './page/own-files.ts';
import { findElements } from './page/page-elements.ts';
import { connectPage } from './page/page-intents.ts';
import { installLanguage } from './page/page-language.ts';
import { installTheme } from './page/page-theme.ts';
import { renderPage } from './page/render-page.ts';
import { createVerdictLine } from './page/verdict-line.ts';
import { reduceView } from './page/view-store.ts';
import { VIEW_PARAMS, type ViewChange, type ViewState } from './ui/stage/views/index.ts';

trustOwnScripts();
if (isEmbedded(location.href)) document.documentElement.dataset['embed'] = '';
const baseUrl = new URL('./', document.baseURI).href;
const link = readLink(location.href, VIEW_PARAMS);
const page = findElements(document);
const store = createStore<AppState, Action>(reduce, { ...initialState(link.backend), shown: link.shown });
/** Three pictures one under the other compare nothing. */
const isPhone = matchMedia('(max-width: 600px)').matches;
const isFitWanted = openingZoom.isFit && !new URL(location.href).searchParams.has('zoom');
const views = createStore<ViewState, ViewChange>(reduceView, {
  ...link.view,
  ...(isFitWanted ? { magnification: 1 } : {}),
  ...(isPhone && !new URL(location.href).searchParams.has('view') ? { mode: 'slider' as const } : {}),
});

const touched = watchTouches(window);
let onQuiet: () => void = () => {};
const isQuiet = new Promise<void>((resolve) => {
  onQuiet = resolve;
});
const isEngineAllowed = import.meta.env.PROD
  ? keepOffline(baseUrl).then(() => isolateOnce(link.backend, surroundingsOf(touched, isQuiet)))
  : Promise.resolve();

const platform = createBrowserPlatform(createLaterPictureClient(), {
  readFile: createFileReader(),
  async ask(question) {
    const { askInDialog } = await import('./page/dialogs.ts');
    onQuiet();
    return askInDialog(question);
  },
});

const ownFiles = createOwnFiles({
  store,
  platform,
  controller: () => controller,
  models: () => models,
  place: page.items,
  facts: page.facts,
  pickFiles: () => page.files.click(),
  redraw: () => schedule(),
  isEmbedded: isEmbedded(location.href),
});

const controller = createController({
  client: createEngineClient({
    baseUrl,
    expected: expectedBackend(link.backend),
    onReload: (report) => {
      const { plan } = store.get().engine;
      if (plan !== null) store.dispatch({ type: 'engine-loaded', plan, report });
    },
  }),
  store,
  platform,
  onOwnFile: ownFiles.onOwnFile,
  listModels: async () => parseManifest(await fetchJson(new URL('models/manifest.json', baseUrl))).models,
  isEngineAllowed,
  onQuiet,
  choiceStorage: storedChoices,
  keepStorage,
  listDemos: async () =>
    parseDemos(await fetchJson(new URL('demos/demos.json', baseUrl)), new URL('demos/', baseUrl).href),
});

/** What a person corrected: a demo's family and space are listed with it and need no word in the address. */
function ownOverride(override: Override, origin: Origin | null): Override {
  const demo = origin?.kind === 'demo' ? store.get().demos.find(({ id }) => id === origin.id) : undefined;
  return demo?.family === override.family && override.space === 'model' ? {} : override;
}

const models = createModelsPanel(document, controller, store.get);

/** The address that opens what is seen now. */
function currentLink(): string {
  const state = store.get();
  const item = currentItem(state);
  const source = item?.source;
  const origin = item?.origin ?? null;
  const override = source?.kind === 'latent' ? ownOverride(source.override, origin) : {};
  return writeLink(
    location.href,
    {
      backend: link.backend,
      ...linkedSource(origin, override),
      grade: state.models.grade,
      shown: state.shown,
      view: views.get(),
    },
    VIEW_PARAMS,
  );
}

const showVerdict = createVerdictLine(page);
let isFramePending = false;
function schedule(): void {
  if (isFramePending) return;
  isFramePending = true;
  requestAnimationFrame(() => {
    isFramePending = false;
    renderPage(page, store.get(), views.get());
    showVerdict(store.get());
    models.show(store.get());
    ownFiles.show(store.get());
    below.show(store.get());
  });
}

/** Until what the address asks for is open it stays as it came: loaded again, for threads or by a person, it has to ask for the same. */
let isAddressKept = true;
/** Browsers limit how often the address may change. It does so while the engine is at work too, when the state never rests. */
let isAddressDue = false;
function scheduleAddress(): void {
  if (isAddressKept || isAddressDue) return;
  isAddressDue = true;
  setTimeout(() => {
    isAddressDue = false;
    history.replaceState(null, '', currentLink());
  }, 350);
}

store.subscribe(schedule);
let ranOn: Backend | undefined;
store.subscribe(({ engine: { report, request } }) => {
  // What an address forced says nothing of the next visit.
  if (report === null || request !== 'auto' || report.backend === ranOn) return;
  ranOn = report.backend;
  rememberBackend(ranOn);
});
views.subscribe(schedule);
views.subscribe(scheduleAddress);
store.subscribe(scheduleAddress);
const renameTheme = installTheme(document.documentElement, page.theme);
const state = store.get;
const view = views.get;

/** A pause behind the first picture, which leaves the line to the pictures that follow. */
const LATER_MS = 2000;

/** When what the first view does without may be fetched. */
const later = isEngineAllowed
  .then(() => firstPictureOf(store))
  .then(() => new Promise((resolve) => setTimeout(resolve, LATER_MS)));

const exports = lazyExports({ page, controller, state, view });
const below = createBelow({ page, controller, exports, state }, later);
connectPage({
  page,
  controller,
  exports,
  state,
  view,
  changeView: views.dispatch,
  link: currentLink,
  store,
  models,
  ownFiles,
});
schedule();
installLanguage(page.language, () => {
  renameTheme();
  page.toolbar.buttons = toolButtons();
  schedule();
});
void controller
  .start({
    latentUrl: link.latent,
    demoId: link.demo,
    override: linkedOverride(link),
    grade: link.grade,
    restore: () => ownFiles.restore(true),
  })
  .then(() => {
    isAddressKept = false;
    scheduleAddress();
    return (link.latent ?? link.demo) !== null && ownFiles.restore(false);
  });

/** Files that the system opens with the installed page. */
interface LaunchQueue {
  setConsumer(consume: (launch: { readonly files: readonly FileSystemFileHandle[] }) => void): void;
}
(window as { launchQueue?: LaunchQueue }).launchQueue?.setConsumer(({ files }) => {
  void Promise.all(files.map((handle) => handle.getFile())).then((opened) => {
    if (opened.length > 0) void controller.openFiles(opened);
  }, controller.notify);
});

/** A newer version is offered, never forced: what is open here would be gone. */
function offerReload(reload: () => void): void {
  page.update.hidden = false;
  page.update.addEventListener('click', reload, { once: true });
}

void later.then(() => {
  // First of all what would tell of a newer version: that takes the others' files away.
  const updates = import('./browser/watch-updates.ts').then(({ watchUpdates }) =>
    import.meta.env.PROD ? watchUpdates(baseUrl, offerReload) : undefined,
  );
  const how = import('./page/how-it-works.ts').then(({ showHow }) =>
    showHow({ controller, store, place: page.how }),
  );
  const warm = import('./page/warm-pass.ts').then(({ repeatWhenIdle }) =>
    repeatWhenIdle(store, (keys) => controller.runAgain(1, keys)),
  );
  for (const part of [updates, how, warm]) part.catch(() => {});
  import('./page/later-scripts.ts').then(
    ({ fetchLaterScripts }) => fetchLaterScripts(),
    () => {},
  );
});
