import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSha256 } from './sha256.ts';

const nodeHash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('createSha256', () => {
  test('gives the standard’s own answer for "abc"', () => {
    const hash = createSha256();
    hash.update(new TextEncoder().encode('abc'));
    expect(hash.hex()).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  test('agrees with Node at every length around the block borders', () => {
    for (let length = 0; length < 200; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, i) => i * 7 + length);
      const hash = createSha256();
      hash.update(bytes);
      expect(hash.hex(), `${length} bytes`).toBe(nodeHash(bytes));
    }
  });

  test('does not care how the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 150 }), { maxLength: 12 }), (pieces) => {
        const hash = createSha256();
        for (const piece of pieces) hash.update(piece);
        expect(hash.hex()).toBe(nodeHash(new Uint8Array(Buffer.concat(pieces))));
      }),
    );
  });
});
