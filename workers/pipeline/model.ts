import { readSafetensors } from '../../src/core/container/safetensors.ts';
import { AppError } from '../../src/core/errors.ts';
import type { ModelDescription, StateDict } from '../../src/core/graph/index.ts';
import type { Network } from '../../src/core/networks/network.ts';
import { FIRST_NETWORKS, laterNetworks } from '../../src/core/networks/own-networks.ts';
import { recogniseAmong } from '../../src/core/networks/recognise-among.ts';
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

/** The network of a role among `networks`, the first where there are several. Throws model/mismatch with what the file holds instead. */
export function networkOf(
  networks: readonly Network[],
  state: StateDict,
  role: Role,
  file: string,
): ModelDescription {
  const found = recogniseAmong(networks, state);
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
  networks: readonly Network[],
): Model {
  return modelOf(source, readSafetensors(bytes).tensors, networks);
}

/** The networks among which an architecture is found: what the first picture needs, or, fetched for it, our others, or all. */
export async function networksWith(architecture: string): Promise<readonly Network[]> {
  const holds = (networks: readonly Network[]): boolean => networks.some(({ id }) => id === architecture);
  if (holds(FIRST_NETWORKS)) return FIRST_NETWORKS;
  const later = await laterNetworks();
  if (holds(later)) return later;
  return (await import('../../src/core/networks/index.ts')).NETWORKS;
}

/** The network of a role in a state dict; throws model/unrecognised, or model/mismatch when it holds another role. */
export function modelOf(
  source: { readonly id: string; readonly file: string; readonly role: Role; readonly key: string },
  state: StateDict,
  networks: readonly Network[],
): Model {
  const { id, file, role, key } = source;
  return { id, file, key, description: networkOf(networks, state, role, file), state };
}

/** The models that the methods draw on. */
export type PipelineModels = Readonly<Partial<Record<Role, Model>>>;
