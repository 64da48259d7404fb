import { AppError } from '../errors.ts';
import { ByteBudget } from './byte-budget.ts';
import { type NpyOptions, readNpyTensor } from './npy.ts';
import type { FileTensor, TensorFile } from './tensor.ts';
import { memberBytes, readZip, type ZipMember } from './zip.ts';

/**
 * An .npz archive, whose directory may have been parsed already, (stored or deflated) -> its arrays by key, in the directory's order. Stored arrays are views on `bytes`; inflated
 * ones count against one budget for the whole file. Checksums are verified. Arrays of other kinds (objects, text, fields)
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
      tensors.set(key, readNpyTensor(memberBytes(member, budget, 'crc'), key, options, budget));
    } catch (error) {
      if (!(error instanceof AppError) || (error.code !== 'file/unsupported' && error.code !== 'file/unsafe'))
        throw error;
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
