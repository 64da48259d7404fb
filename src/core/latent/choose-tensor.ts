import { BITS, elementCount } from '../container/item-size.ts';
import type { DType, FileTensor, TensorFile } from '../container/tensor.ts';
import { AppError } from '../errors.ts';
import { familyById } from '../families/index.ts';
import { CHANNELS_EXPECTED, TOKENS_EXPECTED } from '../families/sentences.ts';
import { foreignOwner, isDoubtedForItsSides, plausibleLayouts, readingFor } from './plausible-layouts.ts';
import type { Claim } from './producer.ts';
import type { Candidate, Override } from './reading.ts';

/** Larger than any picture a browser can decode (a 16-channel latent of a 16,384-pixel square), small enough to refuse quickly. */
export const MAX_ELEMENTS = 64 * 2 ** 20;

const READABLE = (dtype: DType): boolean => dtype !== 'BOOL' && dtype !== 'C64' && BITS[dtype] >= 8;

/** Makes the error that says why a tensor cannot be a latent. */
type Refusal = () => AppError;

/** The same tensor's refusal, not yet made: an error costs a stack trace, and hostile files have 50,000 tensors. */
function objectionTo({ name, dtype, shape }: FileTensor, override: Override): Refusal | null {
  const what = name === '' ? 'The tensor' : `Tensor "${name.slice(0, 60)}"`;
  const size = elementCount(shape);
  if (size === 0) {
    return () =>
      new AppError(
        'latent/empty',
        `${what} has shape [${shape}], so it holds nothing; drop a latent with values.`,
      );
  }
  if (!READABLE(dtype)) {
    return () =>
      new AppError(
        'file/unsupported',
        `${what} holds ${dtype} elements; save the latent as F32, F16 or BF16.`,
      );
  }
  if (size > MAX_ELEMENTS) {
    return () =>
      new AppError(
        'file/too-large',
        `${what} has ${size} values; at most ${MAX_ELEMENTS} are read. Save a smaller latent, or fewer items.`,
      );
  }
  const readings =
    override.axes === undefined
      ? plausibleLayouts(shape, override.family)
      : [readingFor(shape, override.axes, override.family ?? null)].filter((r) => r !== null);
  return readings.length > 0 ? null : () => shapeRefusal(what, shape, override);
}

function shapeRefusal(what: string, shape: readonly number[], override: Override): AppError {
  if (override.axes === undefined && isDoubtedForItsSides(shape, override.family)) {
    return new AppError(
      'latent/shape',
      `${what} has shape [${shape}]; with a side below 4 cells, or sides of more than 16 to 1, it cannot be told which axis holds the channels. Save it as a latent of common sides, such as [1, 16, 64, 64].`,
      { detail: { shape } },
    );
  }
  const wanted =
    override.family === undefined
      ? `${CHANNELS_EXPECTED}, or ${TOKENS_EXPECTED}`
      : `${familyById(override.family).channels} channels for ${familyById(override.family).title}`;
  return new AppError(
    shape.length < 2 || shape.length > 5 ? 'latent/not-a-latent' : 'latent/shape',
    `${what} has shape [${shape}]${foreignOwner(shape)}; expected a latent with ${wanted}, such as [1, 16, 64, 64]. ${override.axes === undefined ? 'Drop another file.' : 'Choose another order of axes.'}`,
    { detail: { shape } },
  );
}

/** Why a tensor cannot be a latent, as an error with a sentence; null where it can. */
export const refusalOf = (tensor: FileTensor, override: Override): AppError | null =>
  objectionTo(tensor, override)?.() ?? null;

/**
 * The tensor to show and all that may be latents: the person's choice, else the first that the writer's marks name, else the
 * first that fits. Throws the reason where none does.
 */
export function chooseTensor(
  file: TensorFile,
  claim: Claim | null,
  override: Override,
): { tensor: FileTensor; all: Candidate[] } {
  const tensors = [...file.tensors.values()];
  const fitting = tensors.filter((tensor) => objectionTo(tensor, override) === null);
  const claimed =
    claim === null || claim.tensors.length === 0
      ? fitting
      : fitting.filter((t) => claim.tensors.includes(t.name));
  const all = fitting.map(({ name, shape, dtype }) => ({ tensor: name, shape, dtype }));
  if (override.tensor !== undefined) {
    const wanted = file.tensors.get(override.tensor);
    if (wanted === undefined) {
      throw new AppError(
        'latent/not-a-latent',
        `The file has no tensor "${override.tensor}"; choose one of those listed.`,
      );
    }
    const refusal = refusalOf(wanted, override);
    if (refusal !== null) throw refusal;
    return { tensor: wanted, all };
  }
  const tensor = claimed[0] ?? fitting[0];
  if (tensor !== undefined) return { tensor, all };
  const [only] = claim?.tensors.map((name) => file.tensors.get(name)) ?? [];
  const blamed = only ?? (tensors.length === 1 ? tensors[0] : undefined);
  throw (
    (blamed === undefined ? null : refusalOf(blamed, override)) ??
    new AppError(
      'latent/not-a-latent',
      `None of the file's ${tensors.length} tensors can be a latent${tensors[0] === undefined ? '' : ` (the first is "${tensors[0].name.slice(0, 60)}" of shape [${tensors[0].shape}])`}; expected ${CHANNELS_EXPECTED}, or packed tokens. Drop another file.`,
    )
  );
}
