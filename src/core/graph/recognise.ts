import { AppError } from '../errors.ts';
import { type StateDict, type StateProblems, StateView } from '../weights/state-view.ts';
import { GraphBuilder } from './graph-builder.ts';
import type { ModelDescription, NetworkKind } from './model-description.ts';
import { networkKinds } from './network-kinds.ts';

interface Match {
  readonly kind: NetworkKind;
  readonly description: ModelDescription;
  readonly problems: StateProblems;
}

const count = ({ missing, misshapen, unexpected }: StateProblems): number =>
  missing.length + misshapen.length + unexpected.length;

/** Prefixes under which a kind may stand, the longer ones of an EMA wrapper before the plain ones. */
const prefixesFor = (kind: NetworkKind, state: StateDict): string[] => {
  const prefixes = new Set<string>();
  for (const name of state.keys()) {
    const match = kind.marker.exec(name);
    if (match) prefixes.add(match[1] ?? '');
  }
  // BasicSR checkpoints hold the weights twice; the moving average is the one to run.
  return [...prefixes].filter(
    (prefix) => !(prefix.startsWith('params.') && prefixes.has(prefix.replace('params.', 'params_ema.'))),
  );
};

/** A small input that every kind takes, so that a build without reading any value shows what a network needs. */
const drySides = ({ role, pixelsPerCell }: ModelDescription): number =>
  role === 'encoder' ? pixelsPerCell : 1;

const match = (kind: NetworkKind, state: StateDict, prefix: string): Match | null => {
  const view = new StateView(state, prefix);
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
  const side = drySides(draft);
  try {
    for (const scale of draft.scales.length > 0 ? draft.scales : [undefined])
      kind.emit(new GraphBuilder('f32'), view, draft, {
        height: side,
        width: side,
        precision: 'f32',
        ...(scale && { scale }),
      });
  } catch (error) {
    // Sizes that make no network (a missing table, a factor of three) stop the dry build; what it noted stands.
    if (!(error instanceof AppError)) throw error;
    const problems = view.problems(kind.owns);
    const missing = count(problems) > 0 ? problems.missing : [error.message];
    return { kind, description: draft, problems: { ...problems, missing } };
  }
  return {
    kind,
    description: { ...draft, parameters: view.parameters() },
    problems: view.problems(kind.owns),
  };
};

const list = (names: readonly string[]): string =>
  names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '');

const explain = ({ missing, misshapen, unexpected }: StateProblems): string =>
  [
    missing.length > 0 && `missing: ${list(missing)}`,
    misshapen.length > 0 &&
      `of another shape: ${list(misshapen.map(({ name, found, expected }) => `${name} ${found} instead of ${expected}`))}`,
    unexpected.length > 0 && `not expected: ${list(unexpected)}`,
  ]
    .filter(Boolean)
    .join('; ');

const refuse = (state: StateDict, nearest: Match | undefined): AppError => {
  if (!nearest) {
    const known = [...new Set(networkKinds.map(({ label }) => label))].join(', ');
    return new AppError(
      'model/unrecognised',
      `These ${state.size} tensors (${list([...state.keys()])}) fit no network known here. Known are: ${known}. Choose a VAE or an upscaler checkpoint.`,
      { detail: { tensors: state.size, known } },
    );
  }
  return new AppError(
    'model/unrecognised',
    `The nearest match is a ${nearest.kind.label}, but the weights differ: ${explain(nearest.problems)}. The file may be incomplete or of a variant that is not supported.`,
    { detail: { nearest: nearest.kind.label, ...nearest.problems } },
  );
};

/**
 * What networks a checkpoint holds, from names and shapes alone: decoders before encoders before upscalers. Reads no values.
 * Throws model/unrecognised with the nearest match and what is missing, misshapen or unexpected.
 */
export const recogniseModel = (state: StateDict): ModelDescription[] => {
  const matches = networkKinds.flatMap((kind) =>
    prefixesFor(kind, state).flatMap((prefix) => match(kind, state, prefix) ?? []),
  );
  const complete = matches.filter(({ problems }) => count(problems) === 0);
  if (complete.length > 0) return complete.map(({ description }) => description);
  throw refuse(state, [...matches].sort((p, q) => count(p.problems) - count(q.problems))[0]);
};
