import type { FamilyId } from '../latent/latent.ts';

const byChannels: Readonly<Record<number, readonly FamilyId[]>> = {
  4: ['sdxl', 'sd1', 'playground'],
  16: ['flux1', 'sd3', 'wan'],
  32: ['flux2', 'sana'],
};

const names: Readonly<Record<FamilyId, string>> = {
  sd1: 'SD 1.x',
  sdxl: 'SDXL',
  playground: 'Playground 2.5',
  sd3: 'SD 3',
  flux1: 'FLUX.1',
  flux2: 'FLUX.2',
  wan: 'Wan 2.1',
  sana: 'Sana',
};

/** Families whose latents have this many channels, most likely first; none for a count that no family has. */
export const familiesOf = (channels: number): readonly FamilyId[] => byChannels[channels] ?? [];

/** "32 channels (FLUX.2 or Sana)" */
export const describeChannels = (channels: number, families: readonly FamilyId[]): string => {
  const known = families.map((family) => names[family]).join(' or ');
  return `${channels} channels${known === '' ? '' : ` (${known})`}`;
};
