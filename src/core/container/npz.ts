import { AppError } from '../errors.ts';
import { ByteBudget } from './byte-budget.ts';
import { MAX_RATIO } from './inflate.ts';
import { NPY_HEAD_BYTES, type NpyOptions, readNpyHead, readNpyTensor } from './npy.ts';
import type { FileTensor, TensorFile } from './tensor.ts';
import { memberBytes, memberStart, readZip, type ZipMember } from './zip.ts';

/** Refuses a deflated member by its header, before the rest is inflated: it may be something else entirely. */
function judgeHead(member: ZipMember, options: NpyOptions, budget: ByteBudget): void {
  const isLie = member.size > member.packed.length * MAX_RATIO;
  // A lie is told by the inflation itself, before it begins.
  if (member.method === 'stored' || isLie) return;
  budget.check(member.size, `Member "${member.name}" of the archive`);
  try {
    readNpyHead(memberStart(member, NPY_HEAD_BYTES), member.size, options);
  } catch (error) {
    // The stream is whole as far as is known: it is the archive that claims another size than the header.
    if (error instanceof AppError && error.code === 'file/truncated') {
      throw new AppError('file/malformed', error.message);
    }
    throw error;
  }
}

/**
 * An .npz archive (stored or deflated), whose directory may have been parsed already -> its arrays by key, in the directory's
 * order. Stored arrays are views on `bytes`; inflated ones count against one budget for the whole file, and only where their
 * headers are sound. Checksums are verified. Arrays of other kinds (objects, text, fields)
 * are left out, with the reason under metadata `skipped:<key>`; throws that reason where nothing else is left.
 */
export function readNpz(
  bytes: Uint8Array,
  options: NpyOptions = {},
  budget = new ByteBudget(),
  members: ReadonlyMap<string, ZipMember> = readZip(bytes),
): TensorFile {
  const tensors = new Map<string, FileTensor>();
  const skipped: [string, AppError][] = [];
  for (const [name, member] of members) {
    if (!name.endsWith('.npy')) continue;
    const key = name.slice(0, -4);
    try {
      judgeHead(member, options, budget);
      tensors.set(key, readNpyTensor(memberBytes(member, budget, 'crc'), key, options, budget));
    } catch (error) {
      if (
        !(error instanceof AppError) ||
        (error.code !== 'file/unsupported' && error.code !== 'file/unsafe')
      ) {
        throw error;
      }
      skipped.push([key, error]);
    }
  }
  if (tensors.size === 0) {
    throw (
      skipped[0]?.[1] ??
      new AppError(
        'file/unsupported',
        'The .npz archive holds no arrays; save the latent with numpy.savez(file, latent).',
      )
    );
  }
  const metadata = Object.fromEntries(skipped.map(([key, error]) => [`skipped:${key}`, error.message]));
  return { container: 'npz', tensors, metadata };
}
