import { basename } from 'node:path';
import { openSliced, type SlicedFile } from '../../../workers/library/sliced-file.ts';
import { isZip, sourceOf } from '../../core/container/read-tensors.ts';
import { readSafetensorsHead, safetensorsHeadBytes } from '../../core/container/safetensors.ts';
import type { DType } from '../../core/container/tensor.ts';
import { containerOf } from '../../core/containers/index.ts';
import { AppError } from '../../core/errors.ts';
import { familyById } from '../../core/families/index.ts';
import type { StateDict } from '../../core/graph/index.ts';
import { readPictureText } from '../../core/latent/picture-text.ts';
import type { Reading } from '../../core/latent/reading.ts';
import { judgeNetworks } from '../../core/networks/recognise.ts';
import { openFile } from '../../core/open-file.ts';
import { pictureType } from '../../core/picture-type.ts';
import { withSlicedFile } from './sliced-path.ts';

/** One known network, and what it is to the file. */
export interface NetworkVerdict {
  readonly outcome: 'match' | 'near' | 'other';
  readonly architecture: string;
  readonly role: string;
  readonly title: string;
  readonly prefix: string | null;
  readonly families: readonly string[];
  readonly space: string | null;
  readonly scales: readonly number[];
  readonly parameters: number | null;
  readonly why: readonly string[];
}

/** All that is told of a latent: the guess with its reasons, and the values it rests on. */
export interface LatentInfo extends Omit<Reading, 'tensors'> {
  readonly familyTitle: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** The decoded picture's sides. */
  readonly pixels: { readonly height: number; readonly width: number };
}

/** All that is told of a file. */
export interface FileInfo {
  readonly file: string;
  readonly sizeBytes: number;
  /** `tensors`: neither a latent nor a network that is known. */
  readonly kind: 'latent' | 'network' | 'picture' | 'tensors';
  /** MIME type of a picture. */
  readonly pictureType: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: readonly {
    readonly name: string;
    readonly dtype: DType;
    readonly shape: readonly number[];
  }[];
  readonly latent: LatentInfo | null;
  /** Why it is no latent, where it is none. */
  readonly notALatent: string | null;
  readonly networks: readonly NetworkVerdict[];
}

/** Latents are smaller; a larger file is told by its head, as networks are. */
const MAX_LATENT_BYTES = 512 * 2 ** 20;
const HEAD_BYTES = 64;

function verdictsOn(state: StateDict): NetworkVerdict[] {
  try {
    return judgeNetworks(state).map(
      ({ outcome, architecture, role, label, prefix, match, problems, refusal }) => ({
        outcome,
        architecture,
        role,
        title: match?.title ?? label,
        prefix,
        families: match?.families ?? [],
        space: match?.space ?? null,
        scales: match?.scales ?? [],
        parameters: match?.parameters ?? null,
        why: [
          ...(refusal === null ? [] : [refusal]),
          ...problems.missing.map((name) => `missing: ${name}`),
          ...problems.misshapen.map(
            ({ name, found, expected }) => `of another shape: ${name} ${found} instead of ${expected}`,
          ),
          ...problems.unexpected.map((name) => `not expected: ${name}`),
        ],
      }),
    );
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}

function latentOf({
  reading,
  latent,
}: {
  readonly reading: Reading;
  readonly latent: { readonly channels: number; readonly height: number; readonly width: number };
}): LatentInfo {
  const { tensors: _, ...rest } = reading;
  const { title, pixelsPerCell } = familyById(reading.family);
  const { channels, height, width } = latent;
  const pixels = { height: height * pixelsPerCell, width: width * pixelsPerCell };
  return { ...rest, familyTitle: title, channels, height, width, pixels };
}

/** What a safetensors file says of itself in its head; of other files nothing. */
function headMetadata(file: SlicedFile): FileInfo['metadata'] {
  const first = file.read(0, Math.min(16, file.size));
  // A ZIP archive shows what it is at its end.
  if (isZip(first) || containerOf(sourceOf(first, ''))?.kind !== 'safetensors') return {};
  return readSafetensorsHead(file.read(0, safetensorsHeadBytes(first, file.size)), file.size).metadata;
}

function inspect(file: SlicedFile, path: string): FileInfo {
  const name = basename(path);
  const common = { file: path, sizeBytes: file.size };
  const isPicture = pictureType(file.read(0, Math.min(HEAD_BYTES, file.size))) !== null;
  let notALatent: string | null = null;
  if (isPicture || file.size <= MAX_LATENT_BYTES) {
    try {
      const bytes = file.read(0, file.size);
      const opened = openFile(bytes, name);
      if (opened.kind === 'picture') {
        return {
          ...common,
          kind: 'picture',
          pictureType: opened.type,
          metadata: readPictureText(bytes),
          tensors: [],
          latent: null,
          notALatent: 'a picture',
          networks: [],
        };
      }
      if (opened.kind === 'latent') {
        const tensors = [...opened.file.tensors.values()].map(({ name: tensor, dtype, shape }) => ({
          name: tensor,
          dtype,
          shape,
        }));
        return {
          ...common,
          kind: 'latent',
          pictureType: null,
          metadata: opened.file.metadata,
          tensors,
          latent: latentOf(opened),
          notALatent,
          networks: [],
        };
      }
      notALatent = `holds ${opened.tensors} tensors of a network, such as ${opened.example}`;
    } catch (error) {
      if (!(error instanceof AppError) || error.code.startsWith('file/')) throw error;
      notALatent = error.message;
    }
  }
  const state = openSliced(file, name);
  const networks = verdictsOn(state);
  const kind =
    notALatent === null ||
    notALatent.startsWith('holds') ||
    networks.some(({ outcome }) => outcome === 'match')
      ? 'network'
      : 'tensors';
  const tensors = [...state].map(([tensor, { dtype, shape }]) => ({ name: tensor, dtype, shape }));
  return {
    ...common,
    kind,
    pictureType: null,
    metadata: headMetadata(file),
    tensors,
    latent: null,
    notALatent,
    networks,
  };
}

/** What a file of the disk is, as far as anything here can tell; reads the head alone of large ones. Throws AppError file/*. */
export const inspectFile = (path: string): FileInfo => withSlicedFile(path, (file) => inspect(file, path));
