import type {
  StoredWeights,
  UnfinishedWeights,
  WeightsId,
  WeightsStorage,
} from '../../src/contract/weights-library.ts';
import { AppError } from '../../src/core/errors.ts';
import type { StateDict } from '../../src/core/graph/index.ts';
import { readText, writeText } from './file-storage.ts';
import {
  examine,
  FROM_ADDRESS,
  FROM_FILE,
  type ImportContext,
  idOf,
  partialOf,
  SIDECAR,
  WEIGHTS,
} from './import-context.ts';
import { parseDownload, parseStored } from './sidecars.ts';

/** True for the file of these weights: it is named by its whole hash, they by the first digits. */
export const isFileOf = (id: WeightsId, name: string): boolean =>
  name.endsWith(WEIGHTS) && name.startsWith(id.slice('user:'.length));

/** The description of a stored file; made anew where it is lost or damaged, null where the file itself is. */
async function recordOf(
  { deps, storage }: ImportContext,
  name: string,
  sizeBytes: number,
): Promise<StoredWeights | null> {
  const sha256 = name.slice(0, -WEIGHTS.length);
  const known = parseStored(await readText(storage, sha256 + SIDECAR));
  if (known !== null && known.sha256 === sha256 && known.sizeBytes === sizeBytes) return known;
  try {
    const blob = await storage.open(name);
    if (blob === null) return null;
    const file = known?.name ?? `${sha256.slice(0, 8)} (recovered)`;
    const { networks } = await examine(deps, blob, file, [file]);
    const found = { id: idOf(sha256), name: file, address: null, sizeBytes, sha256, networks };
    await writeText(storage, sha256 + SIDECAR, JSON.stringify({ version: 1, ...found }));
    return found;
  } catch {
    return null;
  }
}

/** The description of a download whose bytes are gone, or are weights by now. */
const isWidowed = (name: string, sizes: ReadonlyMap<string, number>): boolean =>
  name.startsWith(FROM_ADDRESS) && name.endsWith(SIDECAR) && !sizes.has(partialOf(name));

/** All that is kept; on the way, what a closed tab left half-copied is removed. */
export async function listStored(context: ImportContext): Promise<WeightsStorage> {
  const { deps, storage } = context;
  const weights: StoredWeights[] = [];
  const unfinished: UnfinishedWeights[] = [];
  let usedBytes = 0;
  const sizes = await storage.list();
  // Asked after the names: what is claimed later was not there yet.
  const taken = await deps.claims.taken();
  for (const [name, size] of sizes) {
    usedBytes += size;
    if (taken.has(partialOf(name))) continue;
    if (name.endsWith(WEIGHTS)) {
      const found = await recordOf(context, name, size);
      if (found !== null) weights.push(found);
    } else if (name.startsWith(FROM_ADDRESS) && !name.endsWith(SIDECAR)) {
      const known = parseDownload(await readText(storage, name + SIDECAR));
      if (known !== null) unfinished.push({ ...known, loadedBytes: size });
    } else if (name.startsWith(FROM_FILE) || isWidowed(name, sizes)) {
      // Left by a tab that was closed in the middle.
      await storage.remove(name).catch(() => {});
    }
  }
  weights.sort((a, b) => a.name.localeCompare(b.name));
  return { weights, unfinished, medium: storage.medium, usedBytes, freeBytes: await deps.freeBytes() };
}

/** A stored file with its tensors, which stay on the disk. Throws model/missing where there is none. */
export async function openStored(
  context: ImportContext,
  id: WeightsId,
): Promise<{ stored: StoredWeights; blob: Blob; state: StateDict }> {
  const { deps, storage } = context;
  for (const [name, size] of await storage.list()) {
    if (!isFileOf(id, name)) continue;
    const stored = await recordOf(context, name, size);
    const blob = await storage.open(name);
    if (stored === null || blob === null) break;
    const { openSliced } = await import('./sliced-file.ts');
    return { stored, blob, state: openSliced(await deps.openBlob(blob), stored.name) };
  }
  throw new AppError(
    'model/missing',
    `The weights ${id} are not in this browser any more. Add them again under Models, or choose others.`,
    { detail: { id } },
  );
}
