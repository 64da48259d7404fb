import { AppError } from '../core/errors.ts';
import { isRecord } from '../core/is-record.ts';
import type { FamilyId, LatentSpace } from '../core/latent/latent.ts';
import { ROLES, type Role } from '../core/role.ts';
import type { Backend } from './engine.ts';

/** Which of a family's two decoders: `fast` for a CPU, `fine` for a GPU. */
export type Grade = 'fast' | 'fine';

export const GRADES: readonly Grade[] = ['fast', 'fine'];

/** What a backend decodes with while nobody asks for anything else. */
export const gradeFor = (backend: Backend): Grade => (backend === 'webgpu' ? 'fine' : 'fast');

/** One weights file of public/models/manifest.json. `quality` holds measured figures by name (dB, ratios; see the model card). */
export interface ModelEntry {
  readonly id: string;
  readonly family: FamilyId;
  readonly role: Role;
  readonly architecture: string;
  readonly file: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly precision: 'f16' | 'f32';
  readonly space: LatentSpace;
  readonly scales?: readonly (2 | 4)[];
  /** Of a decoder that has a sibling; of one alone absent. */
  readonly grade?: Grade;
  readonly licence: string;
  readonly provenance: string;
  readonly quality: Readonly<Record<string, number>>;
}

/**
 * A file with a latent [1,C,8,8] for each decoder of the list, `ID.latent`, and the picture that PyTorch makes of it, `ID.decoded`,
 * to test a device before trusting it.
 */
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

/** The model of a list for a role, and for a family where one is named: of two decoders that of the grade, else the first. */
export function modelFor(
  { models }: Pick<ModelManifest, 'models'>,
  role: Role,
  { family, grade }: { readonly family?: FamilyId; readonly grade: Grade },
): ModelEntry | undefined {
  const fitting = models.filter(
    (model) => model.role === role && (family === undefined || model.family === family),
  );
  return fitting.find((model) => model.grade === grade) ?? fitting[0];
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isByteCount = (value: unknown): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
const isSha256 = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
/** A plain name, so that no manifest can point outside its folder. */
const isFileName = (value: unknown): boolean => typeof value === 'string' && /^[\w.-]+$/.test(value);
const isOneOf =
  (...values: readonly unknown[]) =>
  (value: unknown): boolean =>
    values.includes(value);

type Checks = Readonly<Record<string, (value: unknown) => boolean>>;

const FILE_CHECKS: Checks = { file: isFileName, sizeBytes: isByteCount, sha256: isSha256 };

const MODEL_CHECKS: Checks = {
  ...FILE_CHECKS,
  id: isText,
  family: isText,
  role: isOneOf(...ROLES),
  architecture: isText,
  precision: isOneOf('f16', 'f32'),
  space: isOneOf('model', 'raw'),
  scales: (value) => value === undefined || (Array.isArray(value) && value.every(isOneOf(2, 4))),
  grade: (value) => value === undefined || isOneOf(...GRADES)(value),
  licence: isText,
  provenance: isText,
  quality: (value) => isRecord(value) && Object.values(value).every((v) => typeof v === 'number'),
};

function check(value: unknown, checks: Checks, where: string): void {
  if (!isRecord(value)) {
    throw new AppError('model/manifest', `The model list is damaged: ${where} is not an object.`);
  }
  for (const [name, isValid] of Object.entries(checks)) {
    if (!isValid(value[name])) {
      throw new AppError(
        'model/manifest',
        `The model list is damaged: "${name}" of ${where} is ${JSON.stringify(value[name])}. Reload the page, or put models/manifest.json back as it was released.`,
        { detail: { where, name } },
      );
    }
  }
}

/** Checks parsed JSON against the manifest's format; throws model/manifest with the first fault. */
export function parseManifest(json: unknown): ModelManifest {
  check(json, { version: isOneOf(1), models: Array.isArray, selfTest: isRecord }, 'the list itself');
  const manifest = json as ModelManifest;
  manifest.models.forEach((model, i) => {
    check(model, MODEL_CHECKS, `model ${i + 1}`);
  });
  check(manifest.selfTest, FILE_CHECKS, 'the self-test');
  return manifest;
}
