import { AppError } from '../errors.ts';
import { NameIndex, type StateDict, type StateProblems, StateView } from '../weights/state-view.ts';
import { GraphBuilder } from './graph-builder.ts';
import type { ModelDescription, NetworkKind } from './model-description.ts';
import { KNOWN_NETWORKS, networkKinds } from './network-kinds.ts';
import { MAX_NAME_CHARS, MAX_PREFIXES, sizesRefusal, tensorsRefusal } from './network-limits.ts';

interface Match {
  readonly kind: NetworkKind;
  /** Null where recognition stopped before sizes were read. */
  readonly description: ModelDescription | null;
  readonly problems: StateProblems;
  /** Why the dry build could not go on, where sizes make no network. */
  readonly stopped: string | null;
  /** Tensors that are just what the network needs. */
  readonly fitting: number;
}

const count = ({ missing, misshapen, unexpected }: StateProblems): number =>
  missing.length + misshapen.length + unexpected.length;

/** Prefixes under which a kind may stand, the longer ones of an EMA wrapper before the plain ones. */
const prefixesFor = (kind: NetworkKind, state: StateDict): string[] => {
  const prefixes = new Set<string>();
  for (const name of state.keys()) {
    if (name.length > MAX_NAME_CHARS) continue;
    const match = kind.marker.exec(name);
    if (match) prefixes.add(match[1] ?? '');
  }
  // BasicSR checkpoints hold the weights twice; the moving average is the one to run.
  return [...prefixes].filter(
    (prefix) => !(prefix.startsWith('params.') && prefixes.has(prefix.replace('params.', 'params_ema.'))),
  );
};

/** Builds for the smallest input, reading no value, so that the view sees all that is needed; a sentence where it cannot. */
const dryBuild = (kind: NetworkKind, view: StateView, draft: ModelDescription): string | null => {
  const side = draft.role === 'encoder' ? draft.pixelsPerCell : 1;
  try {
    for (const scale of draft.scales.length > 0 ? draft.scales : [undefined])
      kind.emit(new GraphBuilder('f32'), view, draft, {
        height: side,
        width: side,
        precision: 'f32',
        ...(scale && { scale }),
      });
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
};

/** A match that ends before sizes are read, since there are too many tensors to be one network's. */
const overfull = (kind: NetworkKind, stopped: string): Match => ({
  kind,
  description: null,
  problems: { missing: [], misshapen: [], unexpected: [] },
  stopped,
  fitting: 0,
});

const match = (kind: NetworkKind, index: NameIndex): Match | null => {
  const { prefix } = index;
  const crowd = tensorsRefusal([...index.tensors.keys()].filter((name) => kind.owns(name)).length);
  if (crowd !== null) return overfull(kind, crowd);
  const view = new StateView(index);
  const found = kind.describe(view);
  if (!found) return null;
  const draft: ModelDescription = {
    seam: null,
    ...found,
    architecture: kind.architecture,
    role: kind.role,
    part: 'whole',
    parameters: 0,
    prefix,
  };
  const stopped = sizesRefusal(found) ?? dryBuild(kind, view, draft);
  const problems = view.problems(kind.owns);
  return {
    kind,
    description: { ...draft, parameters: view.parameters() },
    // A build that stopped has not asked for everything: what it left is not unexpected.
    problems: stopped === null ? problems : { ...problems, unexpected: [] },
    stopped,
    fitting: view.fitting(),
  };
};

const list = (names: readonly string[]): string =>
  names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '');

const explain = ({ problems: { missing, misshapen, unexpected }, stopped }: Match): string => {
  // Sizes are read off other tensors: where one of those is missing, an expected side of 0 says nothing.
  const bent = misshapen.filter(({ expected }) => !/\b0\b/.test(expected));
  const told = [
    missing.length > 0 && `missing: ${list(missing)}`,
    bent.length > 0 &&
      `of another shape: ${list(bent.map(({ name, found, expected }) => `${name} ${found} instead of ${expected}`))}`,
    unexpected.length > 0 && `not expected: ${list(unexpected)}`,
  ].filter(Boolean);
  return told.length > 0 ? told.join('; ') : (stopped ?? '');
};

const refuse = (state: StateDict, nearest: Match | undefined): AppError => {
  if (!nearest)
    return new AppError(
      'model/unrecognised',
      `No network known here has such tensors: ${list([...state.keys()])}. ${KNOWN_NETWORKS} Choose the checkpoint of one of those.`,
      { detail: { tensors: state.size } },
    );
  return new AppError(
    'model/unrecognised',
    `The nearest match is ${nearest.kind.label}, but the weights differ: ${explain(nearest)}. The file may be incomplete or of a variant that is not supported.`,
    { detail: { nearest: nearest.kind.label, ...nearest.problems } },
  );
};

/**
 * What networks a checkpoint holds, from names and shapes alone: decoders before encoders before upscalers. Reads no values.
 * Throws model/unrecognised with the nearest match and what is missing, misshapen or unexpected.
 */
export const recogniseModel = (state: StateDict): ModelDescription[] => {
  const places = networkKinds.map((kind) => prefixesFor(kind, state));
  const prefixes = new Set(places.flat());
  if (prefixes.size > MAX_PREFIXES)
    throw new AppError(
      'model/unrecognised',
      `Parts of networks stand under ${prefixes.size} different prefixes (such as ${list([...prefixes])}); at most ${MAX_PREFIXES} are looked at. Save the network that you want alone.`,
    );
  const found = [...prefixes].flatMap((prefix) => {
    const index = new NameIndex(state, prefix);
    return networkKinds.flatMap((kind, i) => (places[i]?.includes(prefix) ? (match(kind, index) ?? []) : []));
  });
  // Kinds in their order, and under each the prefixes as the file has them.
  const matches = networkKinds.flatMap((kind) => found.filter((one) => one.kind === kind));
  const complete = matches.flatMap(({ problems, stopped, description }) =>
    count(problems) === 0 && stopped === null && description !== null ? [description] : [],
  );
  if (complete.length > 0) return complete;
  const byFit = [...matches].sort((p, q) => q.fitting - p.fitting || count(p.problems) - count(q.problems));
  throw refuse(state, byFit[0]);
};
