import type { ModelEntry } from '../src/contract/model-manifest.ts';
import { readSafetensors } from '../src/core/container/safetensors.ts';
import { AppError } from '../src/core/errors.ts';
import { type ModelDescription, recogniseModel, type StateDict } from '../src/core/graph/index.ts';

/** Weights ready to become a network of any size. */
export interface Model {
  readonly id: string;
  readonly file: string;
  /** Names the very bytes: two models of one key are the same. */
  readonly key: string;
  readonly description: ModelDescription;
  readonly state: StateDict;
}

/** Opens the weights of a manifest entry; throws model/mismatch when the file holds something else than the entry says. */
export function openModel(entry: ModelEntry, bytes: Uint8Array): Model {
  const state = readSafetensors(bytes).tensors;
  const descriptions = recogniseModel(state);
  const description = descriptions.find((d) => d.role === entry.role);
  if (description === undefined)
    throw new AppError(
      'model/mismatch',
      `${entry.file} should hold a ${entry.role}, but it holds: ${descriptions.map((d) => d.title).join(', ')}. Reload the page, or put the released file back.`,
      { detail: { file: entry.file } },
    );
  return { id: entry.id, file: entry.file, key: entry.sha256, description, state };
}
