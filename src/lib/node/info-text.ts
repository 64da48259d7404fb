import type { FileInfo, LatentInfo, NetworkVerdict } from './inspect-file.ts';

/** A text as it can stand in a terminal: files may hold control characters. */
const printable = (text: string): string =>
  text.replace(/\p{C}/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);

const bytes = (count: number): string =>
  count < 1e3
    ? `${count} B`
    : count < 1e6
      ? `${(count / 1e3).toFixed(1)} kB`
      : `${(count / 1e6).toFixed(1)} MB`;

const several = (count: number, what: string): string => (count > 1 ? `; ${count} ${what}` : '');

const grouped = (count: number): string => count.toLocaleString('en');

const figure = (value: number): string => value.toFixed(Math.abs(value) < 10 ? 3 : 1);

/** More of a network's tensors are in `--json`, or with `--all`. */
const SHOWN_TENSORS = 12;

function latentLines(latent: LatentInfo): string[] {
  const { statistics: s, pixels } = latent;
  const others = latent.alternatives.map(({ family, space }) => `${family} ${space}`).join(', ');
  return [
    `  latent      ${latent.familyTitle}, ${latent.space === 'model' ? 'model space' : 'raw VAE values'} (${latent.confidence})`,
    `  because     ${printable(latent.reason)}`,
    ...(others === '' ? [] : [`  or          ${others}`]),
    `  file        ${printable(latent.producer || latent.containerTitle)}, ${latent.tensor === '' ? '' : `tensor "${printable(latent.tensor)}" `}${latent.dtype} [${latent.shape.join(', ')}], axes ${latent.layout.axes}${latent.isPatched ? ', 2x2 patches' : ''}`,
    `  size        ${latent.channels} x ${latent.height} x ${latent.width}, a picture of ${pixels.width}x${pixels.height}${several(latent.items, 'items')}${several(latent.frames, 'frames')}`,
    `  values      ${figure(s.min)} to ${figure(s.max)}, mean ${figure(s.mean)}, std ${figure(s.std)}`,
    ...latent.warnings.map((warning) => `  warning     ${printable(warning)}`),
  ];
}

const networkLines = (networks: readonly NetworkVerdict[], isAll: boolean): string[] =>
  networks.flatMap(({ outcome, title, role, prefix, families, space, scales, parameters, why }) => {
    const under = prefix === null || prefix === '' ? '' : ` under "${printable(prefix)}"`;
    if (outcome === 'match') {
      return [
        `  network     ${title}${under}: ${role}, ${grouped(parameters ?? 0)} parameters${families.length > 0 ? `, for ${families.join(', ')} in ${space} space` : ''}${scales.length > 0 ? `, x${scales.join(', x')}` : ''}`,
      ];
    }
    if (outcome === 'near') {
      return [
        `  nearly      ${title}${under}`,
        ...why.slice(0, isAll ? undefined : 6).map((line) => `              ${printable(line)}`),
      ];
    }
    return isAll ? [`  not         ${title}: ${why.join('; ')}`] : [];
  });

/** A file's facts as lines for a person. */
export function infoText(info: FileInfo, isAll: boolean): string {
  const { kind, tensors, metadata, networks, latent } = info;
  const numbers = tensors.reduce(
    (sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1),
    0,
  );
  const shown = isAll || kind === 'latent' ? tensors : tensors.slice(0, SHOWN_TENSORS);
  return [
    `${printable(info.file)}: ${kind === 'picture' ? `a picture (${info.pictureType})` : kind === 'tensors' ? 'tensors, no latent and no known network' : `a ${kind}`}, ${bytes(info.sizeBytes)}`,
    ...(latent === null ? [] : latentLines(latent)),
    ...(kind === 'tensors' && info.notALatent !== null
      ? [`  no latent   ${printable(info.notALatent)}`]
      : []),
    ...(kind === 'network' && networks.every(({ outcome }) => outcome === 'other')
      ? ['  network     none that is known here (--all: why not)']
      : []),
    ...networkLines(networks, isAll),
    ...Object.entries(metadata).map(
      ([key, value]) =>
        `  metadata    ${printable(key)}: ${printable(value.slice(0, isAll ? undefined : 200))}`,
    ),
    ...(tensors.length === 0 ? [] : [`  tensors     ${tensors.length}, ${grouped(numbers)} numbers`]),
    ...shown.map(
      ({ name, dtype, shape }) =>
        `              ${printable(name) || '(unnamed)'} ${dtype} [${shape.join(', ')}]`,
    ),
    ...(shown.length < tensors.length
      ? [`              and ${tensors.length - shown.length} more (--all)`]
      : []),
  ].join('\n');
}
