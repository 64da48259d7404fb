import type { FamilyId, LatentSpace } from '../core/latent/latent.ts';

export type ModelRole = 'decoder' | 'encoder' | 'upscaler';

/** One weights file of public/models/manifest.json. `quality` holds measured figures by name (dB, ratios; see the model card). */
export interface ModelEntry {
  readonly id: string;
  readonly family: FamilyId;
  readonly role: ModelRole;
  readonly architecture: string;
  readonly file: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly precision: 'f16' | 'f32';
  readonly space: LatentSpace;
  readonly scales?: readonly (2 | 4)[];
  readonly licence: string;
  readonly provenance: string;
  readonly quality: Readonly<Record<string, number>>;
}

/** A file with a latent [1,C,8,8] and what the family's decoder makes of it, to test a device before trusting it. */
export interface SelfTestEntry {
  readonly file: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export interface ModelManifest {
  readonly version: 1;
  readonly models: readonly ModelEntry[];
  readonly selfTest: SelfTestEntry;
}
