import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readTensors, sourceOf } from '../container/read-tensors.ts';
import { CONTAINERS, containerOf, LATENT_FILES, WEIGHT_FILES } from './index.ts';

const folder = new URL('../container/fixtures/', import.meta.url);
const rows = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')) as Record<
  string,
  { readonly refused?: string }
>;
/** What other programs wrote and we read, by name. */
const goldens = readdirSync(folder)
  .filter((name) => rows[name] !== undefined && rows[name].refused === undefined)
  .map((name) => ({ name, bytes: new Uint8Array(readFileSync(new URL(name, folder))) }));

describe.each(CONTAINERS.map((container) => ({ container, kind: container.kind })))(
  '$kind',
  ({ container }) => {
    const own = goldens.filter(({ bytes }) => container.matches(sourceOf(bytes, '')));

    it('has golden files, which no other kind takes for its own', () => {
      expect(own.length).toBeGreaterThan(0);
      for (const { name, bytes } of own) {
        const takers = CONTAINERS.filter((one) => one.matches(sourceOf(bytes, '')));
        expect(
          takers.map(({ kind }) => kind),
          name,
        ).toEqual([container.kind]);
      }
    });

    it('is told by its content, whatever the file calls itself, and says its title', () => {
      const { bytes } = own[0] as (typeof goldens)[number];
      const opened = readTensors(sourceOf(bytes, 'latent.bin'), CONTAINERS);
      expect(opened.title).toBe(container.title);
      expect(opened.tensors.size).toBeGreaterThan(0);
    });

    it('is in the sentences of the page, with extensions that are its own', () => {
      expect(LATENT_FILES).toContain(container.listed);
      for (const extension of container.weightExtensions) expect(WEIGHT_FILES).toContain(`.${extension}`);
      expect(container.extensions).toEqual(expect.arrayContaining([...container.weightExtensions]));
    });

    it('finds the same tensors from its head alone, where it has one', () => {
      const { head } = container;
      if (head === null) return;
      for (const { bytes } of own) {
        const size = head.bytes(bytes.slice(0, 16), bytes.length);
        const places = head.places(bytes.slice(0, size), bytes.length);
        const whole = container.read(sourceOf(bytes, '')).tensors;
        const found = places.map(({ begin, end, ...tensor }) => ({
          ...tensor,
          bytes: bytes.subarray(begin, end),
        }));
        expect(new Map(found.map((tensor) => [tensor.name, tensor]))).toEqual(whole);
      }
    });
  },
);

it('no kind of file is called like another', () => {
  expect(new Set(CONTAINERS.map(({ kind }) => kind)).size).toBe(CONTAINERS.length);
  expect(containerOf(sourceOf(new Uint8Array(64), ''))).toBeNull();
});
