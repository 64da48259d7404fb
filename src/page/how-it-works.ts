import { upscalerName } from '../app/models/network-names.ts';
import type { Controller } from '../app/run/controller.ts';
import { figuresOf } from '../app/show/figures.ts';
import { type AppState, currentItem, type Item } from '../app/state/state.ts';
import type { Latent } from '../core/latent/latent.ts';
import type { LlHow, Steps } from '../ui/elements/ll-how.ts';
import '../ui/elements/ll-how.ts';

interface HowDeps {
  readonly controller: Controller;
  readonly store: { get(): AppState; subscribe(listener: () => void): unknown };
  readonly place: HTMLElement;
}

/** LUA is run once more for the strip without a word where it takes less, milliseconds. */
const UNASKED_MS = 1500;

/** Puts the strip into its place and keeps it at what the current item has. */
export function showHow({ controller, store, place }: HowDeps): void {
  const element: LlHow = document.createElement('ll-how');
  const larger = new WeakMap<Latent, Latent>();
  let asked: Latent | null = null;
  place.replaceChildren(element);

  async function makeLarger(latent: Latent): Promise<void> {
    if (asked === latent) return;
    asked = latent;
    element.isBusy = true;
    try {
      larger.set(latent, await controller.latentAt(2));
      update();
    } catch {
      // What stopped it has been told; the button stays for another try.
      asked = null;
    } finally {
      element.isBusy = false;
    }
  }

  function update(): void {
    const state = store.get();
    const item = currentItem(state);
    const steps = stepsOf(state, item, item?.latent == null ? null : (larger.get(item.latent) ?? null));
    element.steps = steps;
    const isRested = state.activity === null && state.notice === null && item?.isStopped === false;
    const isCheap = steps.upscaleMs !== null && steps.upscaleMs < UNASKED_MS;
    const isWhole = item?.panes['lua-2']?.runs.some(({ run }) => run === 'warm') ?? false;
    if (isRested && isCheap && isWhole && steps.larger === null && steps.latent !== null) {
      void makeLarger(steps.latent);
    }
  }

  element.addEventListener('ll-how-larger', () => {
    const latent = currentItem(store.get())?.latent;
    if (latent != null) void makeLarger(latent);
  });
  store.subscribe(update);
  update();
}

function stepsOf(state: AppState, item: Item | null, larger: Latent | null): Steps {
  const lua = item?.panes['lua-2'];
  const figures = lua === undefined ? null : (figuresOf(lua.runs, 'warm') ?? figuresOf(lua.runs, 'cold'));
  const image = lua?.image?.kind === 'final' ? lua.image : null;
  return {
    upscaler: upscalerName(state, item?.latent?.family ?? null),
    latent: item?.latent ?? null,
    larger,
    picture: image,
    upscaleMs: figures?.upscaleMs ?? null,
    decodeMs: figures?.decodeMs ?? null,
  };
}
