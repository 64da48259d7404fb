import type { Controller } from '../app/run/controller.ts';
import { textsOf } from '../app/run/item-texts.ts';
import { openMember } from '../app/run/members.ts';
import type { Platform } from '../app/run/platform.ts';
import { type GenerationText, generationOf } from '../app/show/generation-text.ts';
import { itemBar } from '../app/show/item-bar.ts';
import { rivalsAt } from '../app/show/measurements.ts';
import { type StripEntry, stripEntries } from '../app/show/strip-entries.ts';
import { frameAt, videoFrames } from '../app/show/video-frames.ts';
import { type AppState, currentItem, type Item, type PaneImage } from '../app/state/state.ts';
import { saveFile } from '../browser/save-file.ts';
import type { ItemCommand } from '../ui/elements/ll-item-bar.ts';
import type { ModelsPanel } from './models-panel.ts';
import '../ui/elements/ll-generation.ts';
import '../ui/elements/ll-item-bar.ts';
import '../ui/elements/ll-strip.ts';
import { itemsWords } from '../words/items.ts';

export interface ItemPanelsDeps {
  readonly place: HTMLElement;
  /** Behind this stands how the file was made. */
  readonly facts: HTMLElement;
  readonly controller: Controller;
  readonly platform: Platform;
  readonly models: ModelsPanel;
  readonly state: () => AppState;
  /** Draws the page again. */
  readonly redraw: () => void;
  readonly openFilesDialog: () => void;
}

/** The strip of the person's files and the bar on the current one, over the stage. */
export function createItemPanels(deps: ItemPanelsDeps) {
  const { place, controller, models, state } = deps;
  const strip = document.createElement('ll-strip');
  strip.id = 'opened';
  const bar = document.createElement('ll-item-bar');
  place.append(strip, bar);
  const generation = document.createElement('ll-generation');
  deps.facts.after(generation);
  let textItem: Item['source'] | null = null;
  const pictureOf = createMemberPictures(deps);

  const on = <Detail>(target: EventTarget, name: string, act: (detail: Detail) => void): void =>
    target.addEventListener(name, (event) => act((event as CustomEvent<Detail>).detail));
  on<StripEntry>(strip, 'll-choose', (entry) => chooseEntry(controller, entry));
  on<number>(strip, 'll-remove', (id) => controller.remove(id));
  on(strip, 'll-files', deps.openFilesDialog);
  on<ItemCommand>(bar, 'll-item-command', obey);

  function obey(command: ItemCommand): void {
    if (command.kind === 'longest-side') controller.setPicture({ longestSide: command.longestSide });
    else if (command.kind === 'frame') scrub(command.index);
    else if (command.kind === 'fetch') void controller.models.addAddress(command.address);
    else if (command.kind === 'cancel') controller.models.cancel(command.id);
    else if (command.kind === 'convert') void controller.convert(command.conversion);
    else if (command.kind === 'models') void models.open(currentItem(state())?.latent?.family ?? null);
    else measure(command.factor);
  }

  function scrub(index: number): void {
    const item = currentItem(state());
    const frames = item === null ? null : videoFrames(state(), item);
    if (frames !== null) void controller.reread(frameAt(frames, index));
  }

  function measure(factor: 2 | 4 | null): void {
    controller.setPicture({ referenceFactor: factor });
    if (factor === null) return;
    const missing = rivalsAt(factor).filter((key) => !state().shown.includes(key));
    if (missing.length > 0) controller.show([...state().shown, ...missing]);
  }

  on<{ text: GenerationText; action: 'copy' | 'save' }>(generation, 'll-text', ({ text, action }) => {
    if (action === 'save') {
      saveFile(new Blob([text.text], { type: 'application/json' }), text.fileName ?? text.key);
      return;
    }
    void navigator.clipboard.writeText(text.text).then(
      () => controller.say('info', itemsWords().copied(text.label)),
      () => controller.say('error', itemsWords().cannotCopy),
    );
  });

  /** Texts are read once a file; those of a file that left the stage meanwhile are not shown. */
  function tell(item: Item | null): void {
    const source = item?.source ?? null;
    const isSame = textItem !== null && source !== null && fileOf(textItem) === fileOf(source);
    textItem = source;
    if (isSame) return;
    generation.generation = null;
    if (item === null || item.origin.kind === 'demo') return;
    void textsOf(item).then((texts) => {
      if (textItem !== null && fileOf(textItem) === fileOf(item.source)) {
        generation.generation = generationOf(texts);
      }
    });
  }

  return {
    show(now: AppState): void {
      tell(currentItem(now));
      const entries = stripEntries(now, pictureOf);
      strip.entries = entries;
      strip.hidden = entries.length === 0;
      bar.bar = itemBar(now);
    },
  };
}

const fileOf = (source: Item['source']): object => (source.kind === 'latent' ? source.file : source.blob);

/** Shows what an entry of the strip stands for. */
export function chooseEntry(controller: Controller, { itemId, member, isRemovable }: StripEntry): void {
  if (member === null || isRemovable) controller.select(itemId);
  else void controller.showMember(itemId, member);
}

/** Quick pictures of the latents of a batch that are not open, made one at a time and kept as long as their file. */
function createMemberPictures({ platform, redraw }: Pick<ItemPanelsDeps, 'platform' | 'redraw'>) {
  const pictures = new WeakMap<object, Map<number, PaneImage['bitmap'] | null>>();
  const wanted: (() => Promise<void>)[] = [];
  let isBusy = false;

  async function work(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    for (let next = wanted.shift(); next !== undefined; next = wanted.shift()) {
      await next();
      // A batch of large latents takes seconds: the page goes on in between.
      await new Promise((resolve) => setTimeout(resolve));
    }
    isBusy = false;
    redraw();
  }

  return (item: Item, index: number): PaneImage['bitmap'] | null => {
    if (item.source.kind !== 'latent') return null;
    const { file } = item.source;
    const known = pictures.get(file) ?? new Map<number, PaneImage['bitmap'] | null>();
    pictures.set(file, known);
    const picture = known.get(index);
    if (picture !== undefined) return picture;
    known.set(index, null);
    wanted.push(async () => {
      const member = await openMember(item, index, platform).catch(() => null);
      known.set(index, member?.preview?.bitmap ?? null);
    });
    void work();
    return null;
  };
}
