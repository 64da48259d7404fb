import { wordsOf } from '../../words/language.ts';
import { stageWords } from '../../words/stage.ts';
import { workWords } from '../../words/work.ts';
import type { Demo } from '../run/demos.ts';
import { nextTask } from '../run/next-task.ts';
import type { AppState, Item, PaneImage } from '../state/state.ts';

/** A thumbnail: by address, or as the item's best picture so far. */
export interface Thumbnail {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly imageUrl: string | null;
  readonly bitmap: PaneImage['bitmap'] | null;
  readonly state: 'plain' | 'waiting' | 'running' | 'done' | 'failed';
  readonly isCurrent: boolean;
  readonly isRemovable: boolean;
}

/** The latents that ship with the page. */
export function demoThumbnails(state: AppState): Thumbnail[] {
  const current = state.items.find(({ id }) => id === state.currentId)?.origin;
  return state.demos.map((demo) => ({
    id: demo.id,
    ...named(demo),
    imageUrl: demo.thumbnailUrl,
    bitmap: null,
    state: 'plain',
    isCurrent: current?.kind === 'demo' && current.id === demo.id,
    isRemovable: false,
  }));
}

function named({ id, title, kind, width, height }: Demo): Pick<Thumbnail, 'title' | 'hint'> {
  const words = wordsOf('demos', id, { title, kind });
  return { title: words.title, hint: stageWords().cells(words.kind, width, height) };
}

/** Everything the person opened, in order, each removable. */
export function queueThumbnails(state: AppState): Thumbnail[] {
  return state.items
    .filter(({ origin }) => origin.kind !== 'demo')
    .map((item) => ({
      id: String(item.id),
      title: item.name,
      hint: workWords()[progressOf(state, item)],
      imageUrl: null,
      bitmap: item.panes['decode-1']?.image?.bitmap ?? item.preview?.bitmap ?? null,
      state: progressOf(state, item),
      isCurrent: item.id === state.currentId,
      isRemovable: true,
    }));
}

function progressOf(state: AppState, item: Item): Thumbnail['state'] {
  const panes = Object.values(item.panes);
  if (item.message !== null || panes.some(({ status }) => status === 'failed')) return 'failed';
  if (state.activity?.itemId === item.id) return 'running';
  const isBusy = !item.isStopped && nextTask({ ...state, items: [item] }) !== null;
  if (isBusy) return 'waiting';
  return panes.some(({ status }) => status === 'done' || status === 'released') ? 'done' : 'plain';
}
