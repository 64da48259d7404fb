import type { ModelRole } from '../src/contract/model-manifest.ts';
import { openTensorFile } from '../src/core/container/open-tensor-file.ts';
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

/** The network of a role in any weights file; throws file/*, model/unrecognised, or model/mismatch when it holds another role. */
export function openModel(
  source: { readonly id: string; readonly file: string; readonly role: ModelRole; readonly key: string },
  bytes: Uint8Array,
): Model {
  const { id, file, role, key } = source;
  const state = openTensorFile(bytes, file).tensors;
  const descriptions = recogniseModel(state);
  const isWanted = (found: ModelDescription): boolean =>
    found.role === role || (role === 'upscaler' && found.role === 'pixel-upscaler');
  const description = descriptions.find(isWanted);
  if (description === undefined)
    throw new AppError(
      'model/mismatch',
      `${file} should hold a network of the role "${role}", but it holds: ${descriptions.map((d) => d.title).join(', ')}. Choose another file.`,
      { detail: { file, role } },
    );
  return { id, file, key, description, state };
}
