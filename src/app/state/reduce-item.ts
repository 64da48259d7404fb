import type { Action } from './actions.ts';
import type { PaneKey } from './panes.ts';
import { type Item, type Pane, type PaneStatus, UNMADE } from './state.ts';

/** A pane nothing has happened to yet. */
export const blankPane = (key: PaneKey): Pane => ({
  key,
  status: 'waiting',
  image: null,
  runs: [],
  tiles: 0,
  pendingRuns: 0,
  message: null,
  quality: null,
  detail: null,
});

/** The part of the reducer that concerns one item. */
export function reduceItem(item: Item, action: Action): Item {
  switch (action.type) {
    case 'item-selected':
      return { ...afresh(item, ['released', 'cancelled']), isStopped: false };
    case 'item-stopped':
      return { ...stopPanes(item), isStopped: true };
    case 'item-resumed':
      return { ...afresh(item, ['released', 'cancelled', 'failed']), isStopped: false, message: null };
    case 'item-failed':
      return { ...item, isStopped: true, message: action.message };
    case 'item-released':
      return {
        ...mapPanes(item, (pane) =>
          pane.status === 'done' ? { ...pane, status: 'released', image: null } : pane,
        ),
        stretched: null,
      };
    case 'panes-forgotten':
      return {
        ...item,
        stretched: action.keys.includes('decode-1') ? null : item.stretched,
        panes: Object.fromEntries(
          Object.entries(item.panes).filter(([, pane]) => !action.keys.includes(pane.key)),
        ),
        isStopped: false,
        message: null,
      };
    case 'latent-reread':
      return {
        ...item,
        source: action.source,
        latent: action.latent,
        preview: action.preview,
        panes: {},
        stretched: null,
        // Whoever corrected the reading, a person or the test itself, has the last word.
        isDecided: true,
        isStopped: false,
        message: null,
      };
    case 'latent-confirmed':
      return { ...item, source: action.source, isDecided: true };
    case 'item-decided':
      return { ...item, isDecided: true };
    case 'picture-set':
      return item.source.kind === 'picture'
        ? {
            ...item,
            source: { ...item.source, settings: action.settings, encodeMs: null },
            latent: null,
            ...UNMADE,
          }
        : item;
    case 'picture-encoded':
      return {
        ...item,
        source: action.source,
        latent: action.latent,
        preview: action.preview,
        reference: action.reference,
      };
    default:
      return reducePanes(item, action);
  }
}

/** The part that concerns its panes. */
function reducePanes(item: Item, action: Action): Item {
  switch (action.type) {
    case 'runs-asked':
      return mapPanes(item, (pane) =>
        pane.status === 'done' && (action.keys?.includes(pane.key) ?? true)
          ? { ...pane, pendingRuns: pane.pendingRuns + action.times }
          : pane,
      );
    case 'pane-asked':
      return withPane(item, action.key, (pane) => ({ ...pane, status: 'waiting', message: null }));
    case 'pane-started':
      return withPane(item, action.key, (pane) => ({ ...pane, status: 'running', message: null }));
    case 'pane-painted':
      return withPane(item, action.key, (pane) => ({ ...pane, image: action.image }));
    case 'pane-done':
      return withPane(item, action.key, (pane) => ({
        ...pane,
        status: 'done',
        image: action.image,
        tiles: action.tiles,
        runs: [...pane.runs, action.timings],
        pendingRuns: pane.runs.length === 0 ? pane.pendingRuns : Math.max(0, pane.pendingRuns - 1),
        message: null,
      }));
    case 'pane-interrupted':
      return withPane(item, action.key, interrupted('waiting'));
    case 'pane-failed':
      return withPane(item, action.key, (pane) => ({
        ...pane,
        status: 'failed',
        message: action.message,
        pendingRuns: 0,
      }));
    case 'pane-measured':
      return withPane(item, action.key, (pane) => ({ ...pane, quality: action.quality }));
    case 'pane-detailed':
      return withPane(item, action.key, (pane) => ({ ...pane, detail: action.detail }));
    case 'picture-stretched':
      return { ...item, stretched: action.stretched };
    default:
      return item;
  }
}

/** An interrupted repeat keeps the picture it already has; an interrupted first run has only a part of one. */
const interrupted =
  (status: PaneStatus) =>
  (pane: Pane): Pane =>
    pane.image?.kind === 'final'
      ? { ...pane, status: 'done', pendingRuns: 0 }
      : { ...pane, status, image: null, pendingRuns: 0 };

const stopPanes = (item: Item): Item =>
  mapPanes(item, (pane) =>
    pane.status === 'running' || pane.status === 'waiting'
      ? interrupted('cancelled')(pane)
      : { ...pane, pendingRuns: 0 },
  );

/** Panes in one of `statuses` are to be made again. */
const afresh = (item: Item, statuses: readonly PaneStatus[]): Item =>
  mapPanes(item, (pane) =>
    statuses.includes(pane.status) ? { ...pane, status: 'waiting', image: null, message: null } : pane,
  );

function withPane(item: Item, key: PaneKey, change: (pane: Pane) => Pane): Item {
  return { ...item, panes: { ...item.panes, [key]: change(item.panes[key] ?? blankPane(key)) } };
}

function mapPanes(item: Item, change: (pane: Pane) => Pane): Item {
  const panes: Partial<Record<PaneKey, Pane>> = {};
  for (const pane of Object.values(item.panes)) panes[pane.key] = change(pane);
  return { ...item, panes };
}
