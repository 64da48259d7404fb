import type { Backend } from '../../contract/engine.ts';
import { GRADES } from '../../contract/model-manifest.ts';
import { FAMILIES } from '../../core/families/index.ts';
import type { FamilyId, LatentSpace } from '../../core/latent/latent.ts';
import type { Override } from '../../core/latent/reading.ts';
import { DEFAULT_PANES, type PaneKey, parsePaneKey, sortPanes } from '../state/panes.ts';
import type { Origin } from '../state/state.ts';
import { oneOf, type Param, type Params, readParams, type Values, writeParams } from './link-params.ts';

const FAMILY_IDS: readonly FamilyId[] = FAMILIES.map(({ id }) => id);
const BACKENDS: readonly (Backend | 'auto')[] = ['auto', 'webgpu', 'wasm'];
const SPACES: readonly LatentSpace[] = ['model', 'raw'];

/** An address of a file; a relative one is taken from the page's own place. */
const latent: Param<string | null> = {
  name: 'latent',
  initial: null,
  parse: (text, address) => (URL.canParse(text, address) ? new URL(text, address).href : undefined),
  format: (url) => url ?? '',
};

const demo: Param<string | null> = {
  name: 'demo',
  initial: null,
  parse: (text) => text,
  format: (id) => id ?? '',
};

const shown: Param<readonly PaneKey[]> = {
  name: 'panes',
  initial: DEFAULT_PANES,
  parse(text) {
    const keys = text.split(',').flatMap((part) => {
      const kind = parsePaneKey(part);
      return kind === null || kind.method === 'reference' ? [] : [kind.key];
    });
    return keys.length > 0 ? sortPanes(keys) : undefined;
  },
  format: (keys) => keys.join(','),
};

/** What an address says of the work; how it is looked at is told by the views' own parameters. */
const LINK_PARAMS = {
  backend: oneOf('backend', BACKENDS, 'auto'),
  latent,
  demo,
  grade: oneOf('decoder', GRADES, null),
  family: oneOf('family', FAMILY_IDS, null),
  space: oneOf('space', SPACES, null),
  shown,
};

/** What an address asks for. Anything absent or nonsensical is the default: a mangled link still opens the page. */
export interface Link<View> extends Values<typeof LINK_PARAMS> {
  readonly view: View;
}

/** Reads `address`; `view` are the parameters of the views. */
export const readLink = <P extends Params>(address: string, view: P): Link<Values<P>> => ({
  ...readParams(LINK_PARAMS, address),
  view: readParams(view, address),
});

/** The address that opens this very view again; only what differs from the defaults is written. */
export function writeLink<P extends Params>(address: string, link: Link<Values<P>>, view: P): string {
  const url = new URL(address);
  writeParams(LINK_PARAMS, link, url.searchParams);
  writeParams(view, link.view, url.searchParams);
  return url.href;
}

type Source = Pick<Link<unknown>, 'latent' | 'demo' | 'family' | 'space'>;

/** How a link names what is open: files cannot be linked to, so of them only the corrections are kept. */
export const linkedSource = (origin: Origin | null, { family, space }: Override): Source => ({
  latent: origin?.kind === 'url' ? origin.url : null,
  demo: origin?.kind === 'demo' ? origin.id : null,
  family: family ?? null,
  space: space ?? null,
});

/** What a link corrects in the reading of its latent. */
export const linkedOverride = ({ family, space }: Source): Override => ({
  ...(family === null ? {} : { family }),
  ...(space === null ? {} : { space }),
});
