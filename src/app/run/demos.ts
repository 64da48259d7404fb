import { AppError } from '../../core/errors.ts';
import { isRecord } from '../../core/is-record.ts';
import type { Spot } from '../../core/latent/busiest-spot.ts';
import type { FamilyId } from '../../core/latent/latent.ts';

/** A latent that ships with the page: an entry of demos/demos.json, its addresses made absolute. Sizes are in cells. */
export interface Demo {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  readonly url: string;
  readonly fileName: string;
  readonly thumbnailUrl: string;
  readonly family: FamilyId;
  readonly height: number;
  readonly width: number;
  /** Where there is detail to look at; null lets the latent tell. */
  readonly focus: Spot | null;
  readonly source: string;
  readonly licence: string;
  readonly author: string;
}

/** Checks the text of demos.json; throws file/malformed naming the entry and field that is wrong. */
export function parseDemos(value: unknown, folderUrl: string): Demo[] {
  const list = isRecord(value) && value['version'] === 1 ? value['demos'] : null;
  if (!Array.isArray(list)) {
    throw new AppError('file/malformed', 'demos.json is not a version 1 list of demos; rebuild the page.');
  }
  return list.map((entry: unknown, index) => {
    function field<T extends 'string' | 'number'>(name: string, type: T) {
      const found = isRecord(entry) ? entry[name] : undefined;
      if (typeof found !== type) {
        throw new AppError(
          'file/malformed',
          `demos.json: entry ${index} has no ${type} "${name}"; rebuild it.`,
        );
      }
      return found as T extends 'string' ? string : number;
    }
    return {
      id: field('id', 'string'),
      title: field('title', 'string'),
      kind: field('kind', 'string'),
      url: new URL(field('file', 'string'), folderUrl).href,
      fileName: field('file', 'string'),
      thumbnailUrl: new URL(field('thumbnail', 'string'), folderUrl).href,
      family: field('family', 'string') as FamilyId,
      height: field('height', 'number'),
      width: field('width', 'number'),
      focus: focusOf(isRecord(entry) ? entry['focus'] : null),
      source: field('source', 'string'),
      licence: field('licence', 'string'),
      author: field('author', 'string'),
    };
  });
}

/** `[x, y]` in 0..1 of the sides; anything else is left to the latent. */
function focusOf(value: unknown): Spot | null {
  if (!Array.isArray(value)) return null;
  const [x, y] = value;
  const isInside = (part: unknown): part is number => typeof part === 'number' && part >= 0 && part <= 1;
  return isInside(x) && isInside(y) ? { x, y } : null;
}
