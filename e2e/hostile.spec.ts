import { zipSync } from 'fflate';
import { op, pickleOf, repeated, tensor } from '../src/core/container/testing/pickle-bytes.ts';
import { npyFile } from './fixtures/latents.ts';
import { LiftPage } from './lift-page.ts';
import { expect, test } from './test.ts';

const start = npyFile(8, 8, 'start.npy');

/** A torch file whose last storage lies at an odd place, where no typed array can begin. */
function torchFile(name: string, pickle: Uint8Array, storage: Uint8Array) {
  function zipped(pad: number) {
    const lead = { ['x'.repeat(1 + pad)]: new Uint8Array(0) };
    return zipSync({ ...lead, 'x/data.pkl': pickle, 'x/data/0': storage }, { level: 0 });
  }
  const storageAt = (zip: Uint8Array): number =>
    new DataView(zip.buffer).getUint32(zip.length - 6, true) - storage.length;
  const bytes = [0, 1].map(zipped).find((zip) => storageAt(zip) % 2 === 1);
  if (bytes === undefined) throw new Error('no archive with its storage at an odd place');
  return { name, bytes };
}

/** 90,000 pairs in a list from which 20,000 dicts are to be made: 0.73 MB that would grow to tens of gigabytes. */
function manyDicts() {
  const pairs = repeated([...op.int(7), ...op.none, ...op.tuple2], 90_000);
  const view = new DataView(pairs.buffer);
  for (let i = 0; i < 90_000; i++) view.setUint32(i * 7 + 1, i, true);
  const pickle = pickleOf(
    [...op.global('collections', 'OrderedDict'), ...op.put(0), ...op.emptyList, ...op.mark],
    pairs,
    [...op.appends, ...op.tuple1, ...op.put(1), ...op.emptyList, ...op.mark],
    repeated([...op.get(0), ...op.get(1), ...op.reduce], 20_000),
    [...op.appends, ...op.tuple2],
  );
  return torchFile('dicts.pt', pickle, new Uint8Array(24));
}

/** 20,000 references to one strided tensor on a 4 MB storage at an odd place of the file. */
function manyNames() {
  const items = 1_000_000;
  const pickle = pickleOf(
    [...op.emptyList, ...op.mark, ...tensor({ items, size: [2], stride: [2] }), ...op.put(9)],
    repeated(op.get(9), 19_999),
    op.appends,
  );
  return torchFile('names.pt', pickle, new Uint8Array(4 * items));
}

test.describe('files made to do harm', () => {
  for (const file of [manyDicts(), manyNames()]) {
    test(`${file.name} gets a sentence, and what is open stays open`, async ({ page }) => {
      const lift = new LiftPage(page);
      await lift.open({}, start);
      await lift.waitUntilDone(['decode-1']);
      await lift.drop(file);
      await expect(page.locator('ll-status .error')).toBeVisible({ timeout: 20_000 });
      await expect(lift.status).toHaveText(/\w+ .*[.!]$/);
      await expect(lift.latentName).toHaveText('start.npy');
      await expect(lift.pane('decode-1')).toHaveAttribute('data-phase', 'done');
      // The page reads on: the same door opens the next file.
      await lift.drop(npyFile(8, 12, 'wide.npy'));
      await expect(lift.latentName).toHaveText('wide.npy');
      expect(lift.pageErrors).toEqual([]);
    });
  }

  test('a picture drawn in SVG, a TIFF and a Git LFS pointer are called what they are', async ({ page }) => {
    const lift = new LiftPage(page);
    await lift.open({}, start);
    await lift.waitUntilDone(['decode-1']);
    for (const [name, text, says] of [
      ['drawing.svg', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', /SVG/],
      ['scan.tif', 'II*\0\u0008\0\0\0 and so on', /TIFF picture could not be read/],
      ['vae.safetensors', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n', /Git LFS/],
    ] as const) {
      await lift.drop({ name, bytes: new TextEncoder().encode(text) });
      await expect(lift.status).toHaveText(says);
      await expect(lift.latentName).toHaveText('start.npy');
    }
  });
});
