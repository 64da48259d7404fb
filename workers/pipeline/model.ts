import { readSafetensors } from '../../src/core/container/safetensors.ts';
import { AppError } from '../../src/core/errors.ts';
import type { ModelDescription, StateDict } from '../../src/core/graph/index.ts';
import { recogniseModel } from '../../src/core/networks/recognise.ts';
import type { Role } from '../../src/core/role.ts';

/** Weights ready to become a network of any size. */
export interface Model {
  readonly id: string;
  readonly file: string;
  /** Names the very bytes: two models of one key are the same. */
  readonly key: string;
  readonly description: ModelDescription;
  readonly state: StateDict;
}

/** The network of a role, the first where there are several. Throws model/mismatch with what the file holds instead. */
export function networkOf(state: StateDict, role: Role, file: string): ModelDescription {
  const found = recogniseModel(state);
  const description = found.find((candidate) => candidate.role === role);
  if (description !== undefined) return description;
  throw new AppError(
    'model/mismatch',
    `${file} should hold a network of the role "${role}", but it holds: ${found.map(({ title }) => title).join(', ')}. Choose another file.`,
    { detail: { file, role } },
  );
}

/** The network of a role in a safetensors file; throws file/*, model/unrecognised, or model/mismatch when it holds another role. */
export function openModel(
  source: { readonly id: string; readonly file: string; readonly role: Role; readonly key: string },
  bytes: Uint8Array,
): Model {
  return modelOf(source, readSafetensors(bytes).tensors);
}

/** The network of a role in a state dict; throws model/unrecognised, or model/mismatch when it holds another role. */
export function modelOf(
  source: { readonly id: string; readonly file: string; readonly role: Role; readonly key: string },
  state: StateDict,
): Model {
  const { id, file, role, key } = source;
  return { id, file, key, description: networkOf(state, role, file), state };
}

/** The models that the methods draw on. */
export type PipelineModels = Readonly<Partial<Record<Role, Model>>>;
