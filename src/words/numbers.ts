import { languageTag } from './language.ts';

const formats = new Map<string, Intl.NumberFormat>();

/** A number with so many digits behind the point, which may be a comma; thousands stand together, as sizes in pixels do. */
export function decimal(value: number, digits = 0): string {
  const tag = languageTag();
  const key = `${tag} ${digits}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(tag, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      useGrouping: false,
    });
    formats.set(key, format);
  }
  return format.format(value);
}

/** `one` or `other`, as the language in use counts; Chinese has `other` alone. */
export const plural = (count: number, one: string, other: string): string =>
  new Intl.PluralRules(languageTag()).select(count) === 'one' ? one : other;
