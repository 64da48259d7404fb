import type { Container, SourceFile } from '../containers/container.ts';
import { foreignSentence } from '../containers/foreign-files.ts';
import { AppError } from '../errors.ts';
import type { NpyOptions } from './npy.ts';
import type { TensorFile } from './tensor.ts';
import { readZip, type ZipMember } from './zip.ts';

/** True for a ZIP archive, by its first four bytes. */
export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 &&
  bytes[1] === 0x4b &&
  ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6));

/** A file for the readers; "bf16" in its name decides what 2-byte elements without a stated kind are. */
export function sourceOf(
  bytes: Uint8Array,
  name: string,
  options: NpyOptions = /bf16|bfloat16/i.test(name) ? { voidAs: 'BF16' } : {},
): SourceFile {
  let members: ReadonlyMap<string, ZipMember> | null = null;
  return {
    bytes,
    name,
    options,
    members() {
      if (isZip(bytes)) members ??= readZip(bytes);
      return members;
    },
  };
}

const extensionOf = (name: string): string => /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? '';

/** Why a file of no known kind is refused: by what it is, where that is known. */
function unknownFormat({ bytes, name }: SourceFile, known: readonly Container[]): AppError {
  const zip = isZip(bytes)
    ? 'This ZIP archive holds neither NumPy arrays (.npz) nor torch tensors (.pt); unpack it and drop the latent itself.'
    : null;
  return new AppError(
    'file/unknown-format',
    zip ??
      foreignSentence(bytes) ??
      `The content of ${name === '' ? 'the file' : `"${name.slice(0, 80)}"`} is no known tensor file (${known.map(({ listed }) => listed).join(', ')}) and no picture (PNG, JPEG, WebP, AVIF, GIF, BMP); drop one of those.`,
  );
}

/** The tensors of a file whose kind is one of `known`, told by its content. */
export function readTensors(file: SourceFile, known: readonly Container[]): TensorFile {
  const { bytes, name } = file;
  if (bytes.length === 0) {
    throw new AppError('file/truncated', 'The file is empty (0 bytes); download or save it again.');
  }
  const container = known.find((one) => one.matches(file));
  if (container !== undefined) return { ...container.read(file), title: container.title };
  // A damaged file is refused as what its name says, unless it is known to be something else (a Git LFS pointer).
  const named =
    isZip(bytes) || foreignSentence(bytes) !== null
      ? undefined
      : known.find(
          ({ trustsExtension, extensions }) => trustsExtension && extensions.includes(extensionOf(name)),
        );
  if (named !== undefined) return { ...named.read(file), title: named.title };
  throw unknownFormat(file, known);
}
