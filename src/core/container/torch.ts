import { AppError } from '../errors.ts';
import { ByteBudget, MAX_GROWN_BYTES } from './byte-budget.ts';
import type { TensorFile } from './tensor.ts';
import { createTorchHost, type TorchTensor } from './torch-host.ts';
import { torchFile } from './torch-tensors.ts';
import { unpickle } from './unpickle.ts';
import { memberBytes, readZip, type ZipMember } from './zip.ts';

/** The members under the archive's root folder, whatever its name ("archive/", the file's stem, or none). */
function findRoot(members: ReadonlyMap<string, ZipMember>): { root: string; pickle: ZipMember } {
  for (const [name, member] of members) {
    if (name === 'data.pkl' || (name.endsWith('/data.pkl') && name.indexOf('/') === name.length - 9)) {
      return { root: name.slice(0, -8), pickle: member };
    }
  }
  throw new AppError(
    'file/unknown-format',
    'The ZIP archive has no data.pkl, so torch.save did not write it; drop the .pt, .pth, .npz or .safetensors file itself.',
  );
}

function checkByteOrder(member: ZipMember | undefined, budget: ByteBudget): void {
  if (member === undefined) return;
  const order = new TextDecoder().decode(memberBytes(member, budget, 'no-crc').subarray(0, 16)).trim();
  if (order !== 'little') {
    throw new AppError(
      'file/unsupported',
      `The file's byte order is "${order}"; only "little" is read. Save it again on a common machine, or as safetensors.`,
    );
  }
}

/**
 * A `.pt`/`.pth`/`.ckpt` file (the ZIP form, PyTorch >= 1.6) -> its tensors, flattened by path, as views on the file wherever
 * they are contiguous. The pickle is read by a machine that knows torch's tensor names and refuses every other (file/unsafe).
 * Storages are not checked against their CRC, as PyTorch does not. Throws file/unknown-format, file/malformed,
 * file/unsupported, file/too-large.
 */
export function readTorch(
  bytes: Uint8Array,
  directory: () => ReadonlyMap<string, ZipMember> | null = () => readZip(bytes),
): TensorFile {
  const members = directory() ?? readZip(bytes);
  const { root, pickle } = findRoot(members);
  // Weights of a whole network may be saved channels-last: gathered copies may reach the size of the file.
  const budget = new ByteBudget(Math.max(MAX_GROWN_BYTES, bytes.length));
  checkByteOrder(members.get(`${root}byteorder`), budget);
  const value = unpickle(memberBytes(pickle, budget, 'no-crc'), createTorchHost());
  const storages = new Map<string, Uint8Array>();

  function storageOf(tensor: TorchTensor, name: string): Uint8Array {
    const known = storages.get(tensor.key);
    if (known !== undefined) return known;
    const member = members.get(`${root}data/${tensor.key}`);
    if (member === undefined) {
      throw new AppError(
        'file/truncated',
        `Tensor "${name}" has no data in the file; download or save the file again.`,
      );
    }
    const storage = memberBytes(member, budget, 'no-crc');
    storages.set(tensor.key, storage);
    return storage;
  }
  return torchFile(value, storageOf, budget);
}
