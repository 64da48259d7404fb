import type { Family } from './family.ts';
import { FAMILIES, type FamilyId } from './index.ts';

/** "a", "a or b", "a, b or c" */
export function listed(items: readonly (string | number)[], last: 'and' | 'or'): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`;
}

const ascending = (counts: readonly number[]): readonly number[] =>
  [...new Set(counts)].sort((a, b) => a - b);

const all: readonly Family<FamilyId>[] = FAMILIES;

/** "4, 16 or 32 channels" */
export const CHANNELS_EXPECTED = `${listed(ascending(all.map(({ channels }) => channels)), 'or')} channels`;

/** "packed tokens of 64 or 128" */
export const TOKENS_EXPECTED = `packed tokens of ${listed(
  ascending(all.flatMap(({ channels, packing }) => (packing === null ? [] : [4 * channels]))),
  'or',
)}`;

/** "FLUX.2, FLUX.1, ... and Wan and Qwen-Image" */
export const FAMILIES_KNOWN = listed(
  all.map(({ title }) => title),
  'and',
);

/** "32 channels (FLUX.2 or Sana)" */
export function describeChannels(channels: number, families: readonly Family[]): string {
  const known = families.map(({ shortTitle }) => shortTitle).join(' or ');
  return `${channels} channels${known === '' ? '' : ` (${known})`}`;
}
