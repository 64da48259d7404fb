import type { StoredWeights } from '../../contract/weights-library.ts';
import { familyById } from '../../core/families/index.ts';
import type { FamilyId } from '../../core/latent/latent.ts';
import { modelsWords } from '../../words/models.ts';
import { decimal } from '../../words/numbers.ts';

/** "1.35 M" */
export function formatCount(count: number): string {
  if (count < 1e3) return String(count);
  return count < 1e6 ? `${decimal(count / 1e3)} k` : `${decimal(count / 1e6, count < 1e8 ? 2 : 0)} M`;
}

/** What was added and what it is used for, as a sentence. */
export function describeAdded({ networks }: StoredWeights, families: readonly FamilyId[]): string {
  const say = modelsWords();
  const what = networks
    .map(({ title, parameters }) => say.parameters(title, formatCount(parameters)))
    .join('; ');
  const use = networks.every(({ role }) => role === 'interposer')
    ? say.useInterposer
    : families.length > 0
      ? say.useFor(families.map((family) => familyById(family).title))
      : networks.every(({ role }) => role === 'pixel-upscaler')
        ? say.usePixel
        : say.useNone;
  return say.addedFor(what, use);
}
