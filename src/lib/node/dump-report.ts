import { openSliced, type SlicedFile } from '../../../workers/library/sliced-file.ts';
import { AppError } from '../../core/errors.ts';
import type { StateDict } from '../../core/graph/index.ts';
import { judgeNetworks, type Verdict } from '../../core/networks/recognise.ts';
import { openFile } from '../../core/open-file.ts';
import { pictureType } from '../../core/picture-type.ts';

/** Enough of a file to tell a picture by. */
const HEAD_BYTES = 64;

/** A name as it can stand in a terminal: files may hold control characters. */
const printable = (text: string): string =>
  text.replace(/\p{C}/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);

const elements = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

function tensorLines(state: StateDict): string[] {
  const rows = [...state].map(([name, { dtype, shape }]) => [
    printable(name),
    dtype,
    `[${shape.join(', ')}]`,
  ]);
  const widthOf = (column: number): number =>
    rows.reduce((most, row) => Math.max(most, (row[column] ?? '').length), 0);
  const [names, types] = [widthOf(0), widthOf(1)];
  return rows.map(
    ([name = '', type = '', shape]) => `${name.padEnd(names)}  ${type.padEnd(types)}  ${shape}`,
  );
}

const under = (prefix: string): string => (prefix === '' ? '' : ` under "${printable(prefix)}"`);

function matchLines(match: NonNullable<Verdict['match']>): string[] {
  const { title, prefix, architecture, role, parameters, radius, tileStep, seam, space, halfSafe } = match;
  const reach = radius.exact
    ? `reaches ${radius.cells} cells, so tiles are exact`
    : `sees the whole input; tiles blend over ${radius.cells} cells`;
  return [
    `yes   ${title}${under(prefix)}`,
    `      ${architecture} ${role}, ${space} space, ${parameters} parameters; ${reach}${tileStep > 1 ? ` and start at multiples of ${tileStep}` : ''}${seam ? '; can be cut after its latent part' : ''}${halfSafe ? '' : '; activations may pass what half precision holds'}`,
  ];
}

const nearLines = ({ label, prefix, refusal, problems, fitting }: Verdict): string[] => [
  `near  ${label}${under(prefix ?? '')}: ${fitting} tensors fit`,
  ...(refusal === null ? [] : [`      ${printable(refusal)}`]),
  ...problems.missing.map((name) => `      missing: ${printable(name)}`),
  ...problems.misshapen.map(
    ({ name, found, expected }) =>
      `      of another shape: ${printable(name)} ${found} instead of ${expected}`,
  ),
  ...problems.unexpected.map((name) => `      not expected: ${printable(name)}`),
];

function verdictLines(verdict: Verdict): string[] {
  if (verdict.match) return matchLines(verdict.match);
  if (verdict.outcome === 'near') return nearLines(verdict);
  return [`no    ${verdict.label}${under(verdict.prefix ?? '')}: ${verdict.refusal}`];
}

function networkLines(state: StateDict): string[] {
  try {
    return judgeNetworks(state).flatMap(verdictLines);
  } catch (error) {
    if (error instanceof AppError) return [printable(error.message)];
    throw error;
  }
}

/** Lines for a person: every tensor's name, type and shape, and why each known network is or is not the file's. Reads no values. */
export function dumpReport(name: string, state: StateDict): string[] {
  const numbers = [...state.values()].reduce((sum, { shape }) => sum + elements(shape), 0);
  return [
    `${printable(name)}: ${state.size} ${state.size === 1 ? 'tensor' : 'tensors'}, ${numbers} numbers`,
    '',
    ...tensorLines(state),
    '',
    'Known networks:',
    ...networkLines(state),
  ];
}

/**
 * The report on any file that the page opens: safetensors by their header alone, however large; the latent in a PNG; a picture is
 * told as one. Throws AppError file/*.
 */
export function dumpFile(file: SlicedFile, name: string): string[] {
  if (pictureType(file.read(0, Math.min(HEAD_BYTES, file.size))) === null) {
    return dumpReport(name, openSliced(file, name));
  }
  const opened = openFile(file.read(0, file.size), name);
  if (opened.kind === 'latent') return dumpReport(name, opened.file.tensors);
  const type = opened.kind === 'picture' ? ` (${opened.type})` : '';
  return [`${printable(name)}: a picture${type}, which holds no tensors`];
}
