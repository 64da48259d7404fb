import { createHash } from 'node:crypto';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { WeightsSource } from '../../src/contract/weights-library.ts';
import { fakeCache, fakeFolder, type StorageBehaviour } from '../testing/fake-storage.ts';
import { sliceInMemory } from '../testing/slice-in-memory.ts';
import { taesdDecoderBytes } from '../testing/tiny-taesd.ts';
import { createCacheStorage } from './cache-storage.ts';
import { createClaims } from './claims.ts';
import { type FileStorage, writeText } from './file-storage.ts';
import { createMemoryStorage } from './memory-storage.ts';
import { createOpfsStorage } from './opfs-storage.ts';
import { createWeightsLibrary, type Library } from './weights-library.ts';

const taef2 = taesdDecoderBytes({ channels: 32, width: 8, isPooled: true });
const taesd = taesdDecoderBytes({ channels: 4, width: 8, isPooled: false });
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const fileOf = (bytes: Uint8Array<ArrayBuffer>, name = 'taef2_decoder.safetensors'): WeightsSource => ({
  kind: 'file',
  file: new Blob([bytes]),
  name,
  address: null,
});

const storages: readonly [string, (behaviour: StorageBehaviour) => FileStorage][] = [
  ['the file system', (behaviour) => createOpfsStorage(fakeFolder(behaviour))],
  ['Cache Storage', (behaviour) => createCacheStorage(fakeCache(behaviour), 'https://page.test/weights/')],
  ['memory', () => createMemoryStorage()],
];

const offline: typeof fetch = () => Promise.reject(new TypeError('no network'));

const libraryOn = (storage: FileStorage, freeBytes: number | null = null): Library =>
  createWeightsLibrary({
    openStorage: async () => storage,
    openBlob: sliceInMemory,
    fetch: offline,
    freeBytes: async () => freeBytes,
    claims: createClaims(),
  });

const quietly = { signal: new AbortController().signal, onBytes: () => {} };

describe.each(storages)('the library in %s', (medium, make) => {
  const roomy = (): FileStorage => make({ quotaBytes: 1e9 });

  test('keeps a file under its hash, says what it is, and opens it in another session', async () => {
    const storage = roomy();
    const added = await libraryOn(storage).add(fileOf(taef2), quietly);
    expect(added).toMatchObject({
      id: `user:${sha256(taef2).slice(0, 16)}`,
      name: 'taef2_decoder.safetensors',
      sizeBytes: taef2.length,
      sha256: sha256(taef2),
      networks: [{ role: 'decoder', title: 'TAEF2 tiny decoder, 32 channels (FLUX.2)', families: ['flux2'] }],
    });
    const later = libraryOn(storage);
    expect((await later.list()).weights).toEqual([added]);
    const { model } = await later.open(added.id, 'decoder');
    const [name, tensor] = [...model.state][0] ?? [];
    // The bytes come from the storage, not from the file that was dropped.
    expect(tensor?.bytes.length).toBe((tensor?.shape ?? []).reduce((a, b) => a * b, 4));
    expect(name).toBe('1.weight');
  });

  test('tells of its progress: it never falls, and ends at the whole', async () => {
    const steps: number[] = [];
    await libraryOn(roomy()).add(fileOf(taef2), {
      ...quietly,
      onBytes: (_, loaded, total) => {
        expect(total).toBe(taef2.length);
        steps.push(loaded);
      },
    });
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(steps.at(-1)).toBe(taef2.length);
  });

  test('knows a file that comes again, and keeps it once', async () => {
    const library = libraryOn(roomy());
    const first = await library.add(fileOf(taef2), quietly);
    const second = await library.add(fileOf(taef2, 'again.safetensors'), quietly);
    expect(second.id).toBe(first.id);
    expect((await library.list()).weights).toHaveLength(1);
  });

  test('forgets one file, or all', async () => {
    const library = libraryOn(roomy());
    const one = await library.add(fileOf(taef2), quietly);
    const two = await library.add(fileOf(taesd, 'taesd_decoder.safetensors'), quietly);
    await library.remove(one.id);
    expect((await library.list()).weights).toEqual([two]);
    await expect(library.open(one.id, 'decoder')).rejects.toMatchObject({ code: 'model/missing' });
    await library.clear();
    expect(await library.list()).toMatchObject({ weights: [], usedBytes: 0 });
  });

  test('a cancelled copy leaves nothing', async () => {
    const storage = roomy();
    const abort = new AbortController();
    const adding = libraryOn(storage).add(fileOf(taef2), {
      signal: abort.signal,
      onBytes: () => abort.abort(),
    });
    await expect(adding).rejects.toMatchObject({ name: 'AbortError' });
    expect((await storage.list()).size).toBe(0);
  });

  test('makes a lost or damaged description anew', async () => {
    const storage = roomy();
    const added = await libraryOn(storage).add(fileOf(taef2), quietly);
    for (const damage of ['', '{"version":1,"networks":7}', 'null', '{"version":2}']) {
      await writeText(storage, `${added.sha256}.json`, damage);
      const [found] = (await libraryOn(storage).list()).weights;
      expect(found).toMatchObject({ id: added.id, networks: added.networks });
    }
    await storage.remove(`${added.sha256}.json`);
    expect((await libraryOn(storage).list()).weights).toHaveLength(1);
  });

  test('keeps name and address of what an earlier build described, which called the networks parts', async () => {
    const storage = roomy();
    const added = await libraryOn(storage).add(fileOf(taef2), quietly);
    const { networks: parts, ...rest } = added;
    const address = 'https://host.test/taef2.safetensors';
    const before = JSON.stringify({ version: 1, ...rest, parts, address });
    await writeText(storage, `${added.sha256}.json`, before);
    expect((await libraryOn(storage).list()).weights).toEqual([{ ...added, address }]);
  });

  test('does not offer a stored file that was cut short', async () => {
    const storage = roomy();
    const added = await libraryOn(storage).add(fileOf(taef2), quietly);
    await storage.remove(`${added.sha256}.weights`);
    const writer = await storage.append(`${added.sha256}.weights`);
    await writer.write(taef2.slice(0, 5000));
    await writer.close();
    expect((await libraryOn(storage).list()).weights).toEqual([]);
  });

  test('sweeps away what a closed tab left half-copied', async () => {
    const storage = roomy();
    await writeText(storage, 'part-file-0', 'half');
    await libraryOn(storage).list();
    expect((await storage.list()).size).toBe(0);
  });

  test.skipIf(medium === 'memory')(
    'a full storage is a sentence, and nothing half-written stays',
    async () => {
      const storage = make({ quotaBytes: taef2.length / 2 });
      await expect(libraryOn(storage).add(fileOf(taef2), quietly)).rejects.toMatchObject({
        code: 'model/storage',
      });
      expect((await storage.list()).size).toBe(0);
    },
  );
});

test('a browser that says beforehand that it lacks the room is believed', async () => {
  await expect(libraryOn(createMemoryStorage(), 1000).add(fileOf(taef2), quietly)).rejects.toThrow(
    /needs \d+ MB, and the browser gives this page 0 MB more/,
  );
});

test('the name of a file says which of the families with its channels it is for', async () => {
  const library = libraryOn(createMemoryStorage());
  const familyOf = async (name: string) =>
    (await library.add(fileOf(taesd, name), quietly)).networks[0]?.families[0];
  expect(await familyOf('taesd_decoder.safetensors')).toBe('sd1');
  await library.clear();
  expect(await familyOf('taesdxl_decoder.safetensors')).toBe('sdxl');
});

test('memory is forecast without reading a weight', async () => {
  const library = libraryOn(createMemoryStorage());
  const { id } = await library.add(fileOf(taef2), quietly);
  const small = await library.forecast({ id, role: 'decoder', height: 8, width: 8, scale: null });
  const large = await library.forecast({ id, role: 'decoder', height: 16, width: 16, scale: null });
  expect(small.weightBytes).toBeGreaterThan(0.9 * taef2.length);
  expect(large.activationBytes / small.activationBytes).toBeCloseTo(4, 0);
  await expect(
    library.forecast({ id, role: 'encoder', height: 8, width: 8, scale: null }),
  ).rejects.toMatchObject({ code: 'model/mismatch' });
});

/** A safetensors file with one thing changed. */
function damaged(
  change: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  return change(taef2.slice());
}

const renamed = (from: string, to: string) =>
  damaged((bytes) => {
    const at = Buffer.from(bytes).indexOf(from);
    bytes.set(new TextEncoder().encode(to), at);
    return bytes;
  });

/** torch.save's container around a pickle that would run a program. */
const foreign = new Uint8Array(
  zipSync(
    {
      'x/data.pkl': Uint8Array.from('\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R.', (letter) =>
        letter.charCodeAt(0),
      ),
    },
    { level: 0 },
  ),
);

const claim = damaged((bytes) => {
  new DataView(bytes.buffer).setBigUint64(0, 5_000_000_000n, true);
  return bytes;
});

const notFinite = damaged((bytes) => {
  new DataView(bytes.buffer).setFloat32(bytes.length - 400, Number.NaN, true);
  return bytes;
});

describe.each(storages)('weights that %s has damaged since they were added', (_medium, make) => {
  test('are refused by name when they are loaded, and added again they serve', async () => {
    const storage = make({ quotaBytes: 1e9 });
    const added = await libraryOn(storage).add(fileOf(taef2), quietly);
    const spoilt = taef2.slice();
    spoilt[spoilt.length - 5] = (spoilt[spoilt.length - 5] as number) ^ 1;
    const stored = `${added.sha256}.weights`;
    await storage.remove(stored);
    const writer = await storage.append(stored);
    await writer.write(spoilt);
    await writer.close();

    const later = libraryOn(storage);
    await expect(later.open(added.id, 'decoder')).rejects.toMatchObject({
      code: 'model/integrity',
      message: expect.stringMatching(
        /taef2_decoder\.safetensors is not what was added.*Remove it under Models/,
      ),
    });
    await later.remove(added.id);
    await later.add(fileOf(taef2), quietly);
    expect((await later.open(added.id, 'decoder')).model.key).toBe(added.sha256);
  });

  test('are told how far the check is, and checked once in a session', async () => {
    const library = libraryOn(make({ quotaBytes: 1e9 }));
    const { id } = await library.add(fileOf(taef2), quietly);
    const seen: number[] = [];
    const onBytes = (_name: string, loaded: number): number => seen.push(loaded);
    await library.open(id, 'decoder', { onBytes });
    await library.open(id, 'decoder', { onBytes });
    expect(seen).toEqual([taef2.length]);
  });
});

describe('hostile weights', () => {
  test.each<[string, Uint8Array<ArrayBuffer>, RegExp]>([
    [
      'a truncated file',
      damaged((bytes) => bytes.slice(0, bytes.length - 100)),
      /holds \d+; download it again/,
    ],
    ['a header that claims 5 GB', claim, /claims 5000000000 bytes/],
    ['a missing tensor', renamed('"4.conv.2.weight"', '"4.konv.2.weight"'), /missing: 4\.conv\.2\.weight/],
    ['a weight that is no number', notFinite, /holds NaN at position \d+/],
    ['a foreign pickle', foreign, /names "os\.system".*not run/],
    ['a latent', new Uint8Array(256).fill(7), /no known tensor file/],
    ['an empty file', new Uint8Array(0), /empty|begins with an 8-byte/],
    ['a web page', new TextEncoder().encode('<!doctype html><title>Sign in</title>'), /web page/],
  ])('%s is refused with a sentence, and the storage stays as it was', async (_, bytes, sentence) => {
    const storage = createOpfsStorage(fakeFolder({ quotaBytes: 1e9 }));
    const library = libraryOn(storage);
    const before = await library.add(fileOf(taesd), quietly);
    await expect(library.add(fileOf(bytes, 'x.pth'), quietly)).rejects.toMatchObject({
      name: 'AppError',
      message: expect.stringMatching(sentence),
    });
    expect((await library.list()).weights).toEqual([before]);
    expect((await storage.list()).size).toBe(2);
  });

  test('the same file undamaged is taken', async () => {
    await libraryOn(createMemoryStorage()).add(fileOf(taef2, 'x.pth'), quietly);
  });
});
