import type { Backend } from '../../contract/engine.ts';
import { FAMILIES } from '../../core/families/index.ts';
import type { LatentSpace } from '../../core/latent/latent.ts';
import type { Override } from '../../core/latent/reading.ts';
import { DEFAULT_PANES, type PaneKey, parsePaneKey, sortPanes } from '../state/panes.ts';
import type { Origin } from '../state/state.ts';
import { GAINS, INITIAL_VIEW, LENS_POWERS, VIEW_MODES, type ViewState } from '../state/view-state.ts';

/** What an address asks for. Anything absent or nonsensical is the default: a mangled link still opens the page. */
export interface Link {
  readonly backend: Backend | 'auto';
  readonly latentUrl: string | null;
  readonly demoId: string | null;
  readonly override: Override;
  readonly shown: readonly PaneKey[];
  readonly view: ViewState;
}

/** Reads the query of `address`; a relative `latent` is taken from the page's own place. */
export function readLink(address: string): Link {
  const { searchParams: query } = new URL(address);
  const latent = query.get('latent');
  const backend = query.get('backend');
  return {
    backend: backend === 'webgpu' || backend === 'wasm' ? backend : 'auto',
    latentUrl: latent !== null && URL.canParse(latent, address) ? new URL(latent, address).href : null,
    demoId: query.get('demo'),
    override: readOverride(query),
    shown: readPanes(query.get('panes')),
    view: readView(query),
  };
}

function readOverride(query: URLSearchParams): Override {
  const family = FAMILIES.find(({ id }) => id === query.get('family'))?.id;
  const space = (['model', 'raw'] as const).find(
    (known): known is LatentSpace => known === query.get('space'),
  );
  return { ...(family === undefined ? {} : { family }), ...(space === undefined ? {} : { space }) };
}

function readPanes(text: string | null): readonly PaneKey[] {
  const keys = (text ?? '').split(',').flatMap((part) => {
    const kind = parsePaneKey(part);
    return kind === null || kind.method === 'reference' ? [] : [kind.key];
  });
  return keys.length > 0 ? sortPanes(keys) : DEFAULT_PANES;
}

function readView(query: URLSearchParams): ViewState {
  const number = (name: string, low: number, high: number, otherwise: number): number => {
    const value = Number.parseFloat(query.get(name) ?? '');
    return Number.isFinite(value) ? Math.min(Math.max(value, low), high) : otherwise;
  };
  const oneOf = (name: string, values: readonly number[], otherwise: number): number =>
    values.find((value) => String(value) === query.get(name)) ?? otherwise;
  const pane = (name: string, otherwise: PaneKey): PaneKey =>
    parsePaneKey(query.get(name) ?? '')?.key ?? otherwise;
  const start = INITIAL_VIEW;
  return {
    mode: VIEW_MODES.find(({ mode }) => mode === query.get('view'))?.mode ?? start.mode,
    first: pane('a', start.first),
    second: pane('b', start.second),
    wipe: number('wipe', 0, 1, start.wipe),
    gain: oneOf('gain', GAINS, start.gain),
    lensPower: oneOf('lens', LENS_POWERS, start.lensPower),
    lensX: number('lx', 0, 1, start.lensX),
    lensY: number('ly', 0, 1, start.lensY),
    isSmooth: query.get('smooth') !== '0',
    x: number('x', 0, 1, start.x),
    y: number('y', 0, 1, start.y),
    magnification: number('zoom', 0.01, 1000, start.magnification),
  };
}

export interface LinkParts {
  readonly backend: Backend | 'auto';
  readonly origin: Origin | null;
  readonly override: Override;
  readonly shown: readonly PaneKey[];
  readonly view: ViewState;
}

/** The address that opens this very view again; only what differs from the defaults is written. Files cannot be linked to. */
export function writeLink(address: string, { backend, origin, override, shown, view }: LinkParts): string {
  const url = new URL(address);
  const pairs: [string, string | number | undefined, string | number][] = [
    ['backend', backend, 'auto'],
    ['latent', origin?.kind === 'url' ? origin.url : undefined, ''],
    ['demo', origin?.kind === 'demo' ? origin.id : undefined, ''],
    ['family', override.family, ''],
    ['space', override.space, ''],
    ['panes', shown.join(','), DEFAULT_PANES.join(',')],
    ['view', view.mode, INITIAL_VIEW.mode],
    ['a', view.first, INITIAL_VIEW.first],
    ['b', view.second, INITIAL_VIEW.second],
    ['wipe', round(view.wipe), INITIAL_VIEW.wipe],
    ['gain', view.gain, INITIAL_VIEW.gain],
    ['lens', view.lensPower, INITIAL_VIEW.lensPower],
    ['lx', round(view.lensX), INITIAL_VIEW.lensX],
    ['ly', round(view.lensY), INITIAL_VIEW.lensY],
    ['smooth', view.isSmooth ? 1 : 0, 1],
    ['zoom', round(view.magnification), INITIAL_VIEW.magnification],
    ['x', round(view.x), INITIAL_VIEW.x],
    ['y', round(view.y), INITIAL_VIEW.y],
  ];
  for (const [name, value, normal] of pairs) {
    if (value === undefined || value === normal) url.searchParams.delete(name);
    else url.searchParams.set(name, String(value));
  }
  return url.href;
}

/** A ten-thousandth of a side is finer than a pixel of any picture shown. */
const round = (value: number): number => Number(value.toFixed(4));
