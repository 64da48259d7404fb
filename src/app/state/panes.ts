import type { Scale } from '../../contract/engine.ts';
import { findMethod, METHODS, type Method, methodOf } from '../../contract/methods.ts';
import type { Role } from '../../core/role.ts';
import { wordsOf } from '../../words/language.ts';
import { stageWords } from '../../words/stage.ts';
import { isPinKey, type PinKey } from './pin-key.ts';

/** Names one picture of a comparison: how it came about and how much larger than the latent's own decode it is. */
export type PaneKey = `${Method}-${Scale}` | 'reference' | PinKey;

export interface PaneKind {
  readonly key: PaneKey;
  readonly method: Method | 'reference';
  readonly scale: Scale;
}

/** What a visitor came for, shown from the start. */
export const DEFAULT_PANES: readonly PaneKey[] = ['decode-1', 'lua-2', 'lua-4'];

/** The honest rivals of LUA, computed on demand. */
export const BASELINES: readonly Method[] = METHODS.filter(({ isBaseline }) => isBaseline).map(
  ({ id }) => id,
);

export const paneKey = (method: Method, scale: Scale): PaneKey => `${method}-${scale}`;

/** The parts of a key, or null where the text is none of ours (a key may come from the address bar). */
export function parsePaneKey(text: string): PaneKind | null {
  // Pictures that are kept are shown as they are: nothing is computed for them, as for the reference.
  if (isPinKey(text)) return { key: text, method: 'reference', scale: 1 };
  if (text === 'reference') return { key: 'reference', method: 'reference', scale: 1 };
  const match = /^([a-z-]+)-([124])$/.exec(text);
  const method = findMethod(match?.[1] ?? '');
  if (method === null) return null;
  const scale = Number(match?.[2]) as Scale;
  if (method.isEnlarging === (scale === 1)) return null;
  return { key: paneKey(method.id, scale), method: method.id, scale };
}

/** What a caption says of a pane: `LUA`, `2×`, and one line of explanation. */
export function describePane(key: PaneKey): { title: string; scale: string; explanation: string } {
  if (isPinKey(key)) {
    return { ...stageWords().kept, scale: '' };
  }
  const kind = parsePaneKey(key);
  const method = kind?.method ?? 'decode';
  if (method === 'reference') return { ...stageWords().reference, scale: stageWords().ref };
  const { title, explanation } = wordsOf<{ title: string; explanation: string }>(
    'methods',
    method,
    methodOf(method),
  );
  return { title, scale: `${kind?.scale ?? 1}×`, explanation };
}

/** True where a pane's picture is enlarged by a network of `role`. */
export function isEnlargedBy(key: PaneKey, role: Role): boolean {
  const method = parsePaneKey(key)?.method ?? 'reference';
  return method !== 'reference' && methodOf(method).role === role;
}

/** Display order: smaller pictures first, then LUA before its rivals, so that toggling a rival never reorders the rest. */
export function sortPanes(keys: readonly PaneKey[]): PaneKey[] {
  function rank(key: PaneKey): number {
    const kind = parsePaneKey(key);
    if (kind === null || kind.method === 'reference') return -1;
    return (
      (DEFAULT_PANES.includes(key) ? 0 : 100) +
      kind.scale * 10 +
      METHODS.findIndex(({ id }) => id === kind.method)
    );
  }
  return [...new Set(keys)].sort((a, b) => rank(a) - rank(b));
}
