import { sentenceOf } from '../show/messages.ts';
import type { Action } from '../state/actions.ts';
import type { StartRequest } from './controller-deps.ts';
import type { ControllerParts } from './controller-parts.ts';
import type { Demo } from './demos.ts';

/** What the list of models comes to. Without it nothing can be loaded: every pane says so. */
const readModels = ({ listModels: list }: ControllerParts): Promise<Action> =>
  list().then(
    (models) => ({ type: 'models-listed', models }),
    (error: unknown) => ({ type: 'engine-failed', message: sentenceOf(error) }),
  );

function putInForce({ store, reconsider }: ControllerParts, listed: Action): void {
  store.dispatch(listed);
  reconsider();
}

/** Reads the list of models, and puts it in force. */
export async function listModels(parts: ControllerParts): Promise<void> {
  putInForce(parts, await readModels(parts));
}

/** Asks the device, lists models and demos, and opens the first picture. Each failure is a sentence of its own. */
export async function start(parts: ControllerParts, request: StartRequest): Promise<void> {
  const { client, store, models, notify, listDemos, isEngineAllowed = Promise.resolve() } = parts;
  const device = isEngineAllowed
    .then(() => client.probe(store.get().engine.request))
    .then((report) => store.dispatch({ type: 'device-probed', device: report }), notify);
  // The first plan is made with the person's own weights, if that is what was chosen, and for the device that is there.
  const own = isEngineAllowed.then(() => Promise.all([device, models.start(request.grade)]));
  const listed = readModels(parts);
  const inForce = Promise.all([listed, own]).then(([list]) => putInForce(parts, list));
  const link = followLink(parts, request);
  const first = listDemos().then(async (demos) => {
    store.dispatch({ type: 'demos-listed', demos });
    await openFirst(parts, request, demos, link);
  }, notify);
  void Promise.allSettled([listed, first]).then(parts.onQuiet);
  await Promise.all([device, inForce, first]);
}

interface Link {
  /** Whether a link named a latent that may be fetched, and nothing else was opened before it could be. */
  readonly isFollowed: Promise<boolean>;
  readonly opened: Promise<void>;
}

/** Opens what the address names, after a question where that lies on another site. */
function followLink({ opener, platform }: ControllerParts, { latentUrl, override }: StartRequest): Link {
  if (latentUrl === null) return { isFollowed: Promise.resolve(false), opened: Promise.resolve() };
  const isFollowed = import('./question.ts')
    .then(({ mayFollow }) => mayFollow(latentUrl, platform))
    .then((isWanted) => isWanted && opener.requests() === 0);
  return {
    isFollowed,
    opened: isFollowed.then((isWanted) => (isWanted ? opener.openUrl(latentUrl, override) : undefined)),
  };
}

/** Opens what the person had open, or a demo, unless a link or the person has the stage by then. */
async function openFirst(
  { opener, store, notify }: ControllerParts,
  { latentUrl, demoId, override, restore }: StartRequest,
  demos: readonly Demo[],
  link: Link,
): Promise<void> {
  const isFollowed = await link.isFollowed;
  await link.opened;
  const { notice, items } = store.get();
  // Whoever came by a dead link sees what the page does, and still why the link showed nothing.
  const isDead = isFollowed && items.length === 0 && notice?.tone === 'error';
  if (isFollowed && !isDead) return;
  // What a person opened meanwhile has the stage.
  const isTaken = (): boolean => opener.requests() > (isFollowed ? 1 : 0);
  if (isTaken()) return;
  let lost: unknown = null;
  function note(error: unknown): void {
    lost = error;
  }
  if (latentUrl === null && demoId === null && (await restore?.().catch(note))) return;
  if (isTaken()) return;
  const demo = demos.find(({ id }) => id === demoId) ?? demos[0];
  if (demo !== undefined) await opener.openDemo(demo, isFollowed ? {} : override);
  if (isDead) store.dispatch({ type: 'notice-changed', notice });
  if (lost !== null) notify(lost);
}
