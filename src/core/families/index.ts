import type { Family } from './family.ts';
import { flux1 } from './flux1.ts';
import { flux2 } from './flux2.ts';
import { hunyuanImage } from './hunyuan-image.ts';
import { ltx } from './ltx.ts';
import { minimaxH3 } from './minimax-h3.ts';
import { mochi } from './mochi.ts';
import { playground } from './playground.ts';
import { qwenImage21 } from './qwen-image-21.ts';
import { sana } from './sana.ts';
import { sd1 } from './sd1.ts';
import { sd3 } from './sd3.ts';
import { sdxl } from './sdxl.ts';
import { wan } from './wan.ts';
import { wan22 } from './wan22.ts';

/** Every VAE family whose latents are understood, in the order of the panels; of equal channels, the likelier stands first. */
export const FAMILIES = [
  flux2,
  flux1,
  sd3,
  sdxl,
  sd1,
  playground,
  sana,
  wan,
  qwenImage21,
  wan22,
  ltx,
  hunyuanImage,
  mochi,
  minimaxH3,
] as const satisfies readonly Family[];

export type FamilyId = (typeof FAMILIES)[number]['id'];

const all: readonly Family<FamilyId>[] = FAMILIES;
const byId = new Map(all.map((family) => [family.id, family]));

/** The family of an id. */
export function familyById(id: FamilyId): Family<FamilyId> {
  const family = byId.get(id);
  if (family === undefined) throw new RangeError(`no family is called "${id}"`);
  return family;
}

/** True for the id of a family: text from a file or a link may be anything. */
export const isFamilyId = (text: string): text is FamilyId => byId.has(text as FamilyId);

/** The families with this many channels (un-packed), likeliest first where nothing else speaks; none for a count that no family has. */
export const familiesOf = (channels: number): readonly Family<FamilyId>[] =>
  all.filter((family) => family.channels === channels);

/** Whether `stored` channels can be the family's: false as they are, true as 2x2 patches; null where they cannot. */
export function patchingFor(stored: number, { channels, packing }: Family): boolean | null {
  if (stored === channels) return false;
  return packing !== null && stored === 4 * channels ? true : null;
}
