import { AppError } from '../errors.ts';
import { listed } from '../families/sentences.ts';
import { Layers } from '../graph/layers.ts';
import type { ModelDescription } from '../graph/model-description.ts';
import type { Role } from '../role.ts';
import { NameIndex, type StateDict, type StateProblems, StateView } from '../weights/state-view.ts';
import type { Architecture } from './index.ts';
import type { Network, NetworkKind, ReadNetwork } from './network.ts';
import { MAX_NAME_CHARS, MAX_PREFIXES, sizesRefusal, tensorsRefusal } from './network-limits.ts';

export interface RecognisedModel extends ModelDescription {
  readonly architecture: Architecture;
}

/** What one known network is to a checkpoint, under one prefix. */
export interface Verdict {
  /** The network; like it, but for what is told; or another's tensors altogether. */
  readonly outcome: 'match' | 'near' | 'other';
  readonly architecture: Architecture;
  readonly role: Role;
  /** "a TAESD-type tiny decoder" */
  readonly label: string;
  /** Null where no tensor has a name of its kind. */
  readonly prefix: string | null;
  /** The network, ready to be built; null where it is none. */
  readonly match: RecognisedModel | null;
  /** How the tensors differ from what the network needs. */
  readonly problems: StateProblems;
  /** A clause on why it is another's, or why its sizes are no network's; null where only `problems` stand against it. */
  readonly refusal: string | null;
  /** Tensors that are just what the network needs. */
  readonly fitting: number;
}

type Candidate = NetworkKind & { readonly architecture: Architecture };

/** Decoders come first, since a file is most often opened for its decoder. */
const RANK: Readonly<Record<Role, number>> = {
  decoder: 0,
  encoder: 1,
  upscaler: 2,
  'pixel-upscaler': 3,
  interposer: 4,
};

/** Every kind of every network, by rank, and within one as the registry has them. */
const candidatesOf = (networks: readonly Network[]): readonly Candidate[] =>
  networks
    .flatMap(({ id, kinds }) =>
      kinds.map((kind): Candidate => ({ ...kind, architecture: id as Architecture })),
    )
    .sort((a, b) => RANK[a.role] - RANK[b.role]);

const NO_PROBLEMS: StateProblems = { missing: [], misshapen: [], unexpected: [] };

const count = ({ missing, misshapen, unexpected }: StateProblems): number =>
  missing.length + misshapen.length + unexpected.length;

/** Prefixes under which each candidate may stand; of an EMA wrapper and the plain one, the former. */
function findPrefixes(
  candidates: readonly Candidate[],
  state: StateDict,
): ReadonlyMap<Candidate, ReadonlySet<string>> {
  const places = new Map(candidates.map((candidate) => [candidate, new Set<string>()]));
  for (const name of state.keys()) {
    if (name.length > MAX_NAME_CHARS) continue;
    for (const [{ marker }, prefixes] of places) {
      const match = marker.exec(name);
      if (match) prefixes.add(match[1] ?? '');
    }
  }
  // BasicSR checkpoints hold the weights twice; the moving average is the one to run.
  for (const prefixes of places.values()) {
    for (const prefix of prefixes) {
      if (prefix.startsWith('params.') && prefixes.has(prefix.replace('params.', 'params_ema.'))) {
        prefixes.delete(prefix);
      }
    }
  }
  return places;
}

/** Builds for the smallest input, reading no value, so that the view sees all that is needed; a sentence where it cannot. */
function dryBuild(view: StateView, { sizes, emit }: ReadNetwork, role: Role): string | null {
  const side = role === 'encoder' ? sizes.pixelsPerCell : 1;
  try {
    for (const scale of sizes.scales.length > 0 ? sizes.scales : [undefined]) {
      emit(new Layers('f32', view), { height: side, width: side, part: 'whole', ...(scale && { scale }) });
    }
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

/** A verdict before sizes are read. */
const turnedDown = (
  { architecture, role, label }: Candidate,
  outcome: 'near' | 'other',
  prefix: string | null,
  refusal: string,
): Verdict => ({
  outcome,
  architecture,
  role,
  label,
  prefix,
  match: null,
  problems: NO_PROBLEMS,
  refusal,
  fitting: 0,
});

function ownedBy(candidate: Candidate, { tensors }: NameIndex): number {
  let owned = 0;
  for (const name of tensors.keys()) if (candidate.owns(name)) owned += 1;
  return owned;
}

function judge(candidate: Candidate, index: NameIndex): Verdict {
  const { architecture, role, label } = candidate;
  const { prefix } = index;
  const crowd = tensorsRefusal(ownedBy(candidate, index));
  if (crowd !== null) return turnedDown(candidate, 'near', prefix, crowd);
  const view = new StateView(index);
  const read = candidate.read(view);
  if (typeof read === 'string') return turnedDown(candidate, 'other', prefix, read);
  const refusal = sizesRefusal(read.sizes) ?? read.impossible ?? dryBuild(view, read, role);
  const found = view.problems(candidate.owns);
  // A build that stopped has not asked for everything: what it left is not unexpected.
  const problems = refusal === null ? found : { ...found, unexpected: [] };
  const fitting = view.fitting();
  if (refusal !== null || count(problems) > 0) {
    return { outcome: 'near', architecture, role, label, prefix, match: null, problems, refusal, fitting };
  }
  const match: RecognisedModel = {
    seam: null,
    tileStep: 1,
    halfSafe: true,
    ...read.sizes,
    ...read.capabilities,
    architecture,
    role,
    part: 'whole',
    parameters: view.parameters(),
    prefix,
    emit: read.emit,
  };
  return { outcome: 'match', architecture, role, label, prefix, match, problems, refusal, fitting };
}

const list = (names: readonly string[]): string =>
  names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '');

/**
 * Each of `networks` against a checkpoint, from names and shapes alone: decoders before encoders before upscalers, and each under
 * the prefixes in the file's order. Reads no values. Throws model/unrecognised where parts of networks stand under too many prefixes.
 */
export function judgeAmong(networks: readonly Network[], state: StateDict): Verdict[] {
  const places = findPrefixes(candidatesOf(networks), state);
  const prefixes = new Set([...places.values()].flatMap((set) => [...set]));
  if (prefixes.size > MAX_PREFIXES) {
    throw new AppError(
      'model/unrecognised',
      `Parts of networks stand under ${prefixes.size} different prefixes (such as ${list([...prefixes])}); at most ${MAX_PREFIXES} are looked at. Save the network that you want alone.`,
    );
  }
  const indices = new Map([...prefixes].map((prefix) => [prefix, new NameIndex(state, prefix)]));
  return [...places].flatMap(([candidate, own]): Verdict[] => {
    if (own.size === 0) return [turnedDown(candidate, 'other', null, 'no tensor has a name of its kind')];
    return [...own].flatMap((prefix) => {
      const index = indices.get(prefix);
      return index ? [judge(candidate, index)] : [];
    });
  });
}

/** What stands against a network, as a clause. */
export function explainVerdict({ problems: { missing, misshapen, unexpected }, refusal }: Verdict): string {
  // Sizes are read off other tensors: where one of those is missing, an expected side of 0 says nothing.
  const bent = misshapen.filter(({ expected }) => !/\b0\b/.test(expected));
  const told = [
    missing.length > 0 && `missing: ${list(missing)}`,
    bent.length > 0 &&
      `of another shape: ${list(bent.map(({ name, found, expected }) => `${name} ${found} instead of ${expected}`))}`,
    unexpected.length > 0 && `not expected: ${list(unexpected)}`,
  ].filter(Boolean);
  return told.length > 0 ? told.join('; ') : (refusal ?? '');
}

function refuse(networks: readonly Network[], state: StateDict, nearest: Verdict | undefined): AppError {
  if (!nearest) {
    const known = `Known are ${listed(
      networks.map(({ title }) => title),
      'and',
    )}.`;
    return new AppError(
      'model/unrecognised',
      `No network known here has such tensors: ${list([...state.keys()])}. ${known} Choose the checkpoint of one of those.`,
      { detail: { tensors: state.size } },
    );
  }
  return new AppError(
    'model/unrecognised',
    `The nearest match is ${nearest.label}, but the weights differ: ${explainVerdict(nearest)}. The file may be incomplete or of a variant that is not supported.`,
    { detail: { nearest: nearest.label, ...nearest.problems } },
  );
}

/**
 * Which of `networks` a checkpoint holds, from names and shapes alone: decoders before encoders before upscalers. Reads no values.
 * Throws model/unrecognised with the nearest match and what is missing, misshapen or unexpected.
 */
export function recogniseAmong(networks: readonly Network[], state: StateDict): RecognisedModel[] {
  const verdicts = judgeAmong(networks, state);
  const complete = verdicts.flatMap(({ match }) => match ?? []);
  if (complete.length > 0) return complete;
  const near = verdicts.filter(({ outcome }) => outcome === 'near');
  const byFit = near.sort((p, q) => q.fitting - p.fitting || count(p.problems) - count(q.problems));
  throw refuse(networks, state, byFit[0]);
}
