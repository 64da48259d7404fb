import '../ui/stage/ll-compare.ts';
import type {} from '../ui/elements/ll-facts.ts';
import type {} from '../ui/elements/ll-latent-saver.ts';
import type {} from '../ui/elements/ll-timings.ts';
import '../ui/elements/ll-gallery.ts';
import '../ui/elements/ll-status.ts';
import '../ui/elements/ll-toolbar.ts';

/** The parts of index.html by id; throws, naming the id, where the page and this file disagree. */
export function findElements(root: Document) {
  function find<T extends Element>(id: string, type: abstract new () => T): T {
    const element = root.getElementById(id);
    if (!(element instanceof type)) throw new Error(`index.html has no #${id} of the expected kind`);
    return element;
  }
  function custom<N extends keyof HTMLElementTagNameMap>(id: string, name: N): HTMLElementTagNameMap[N] {
    const element = root.querySelector<HTMLElementTagNameMap[N]>(`${name}#${id}`);
    if (element === null) throw new Error(`index.html has no <${name} id="${id}">`);
    return element;
  }
  return {
    stage: find('stage', HTMLElement),
    intro: find('intro', HTMLElement),
    compare: custom('compare', 'll-compare'),
    toolbar: custom('toolbar', 'll-toolbar'),
    timings: custom('timings', 'll-timings'),
    facts: custom('facts', 'll-facts'),
    saver: custom('saver', 'll-latent-saver'),
    status: custom('status', 'll-status'),
    demos: custom('demos', 'll-gallery'),
    device: find('device', HTMLButtonElement),
    theme: find('theme', HTMLButtonElement),
    language: find('language', HTMLSelectElement),
    models: find('models', HTMLButtonElement),
    about: find('about', HTMLButtonElement),
    aboutFoot: find('about-foot', HTMLButtonElement),
    help: find('help', HTMLButtonElement),
    open: find('open', HTMLButtonElement),
    files: find('files', HTMLInputElement),
    moreFiles: find('more-files', HTMLButtonElement),
    items: find('items', HTMLElement),
    verdict: find('verdict', HTMLElement),
    grades: find('grades', HTMLFieldSetElement),
    race: find('race', HTMLButtonElement),
    how: find('how', HTMLElement),
    racePlace: find('race-place', HTMLElement),
    below: find('below', HTMLElement),
    latentName: find('latent-name', HTMLElement),
    drop: find('drop', HTMLElement),
    update: find('update', HTMLElement),
    dialog: find('dialog', HTMLDialogElement),
  };
}

export type PageElements = ReturnType<typeof findElements>;
