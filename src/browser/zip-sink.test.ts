import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { type ByteSink, createZip } from './zip-sink.ts';

function memorySink(): ByteSink & { readonly parts: Uint8Array[]; isClosed: boolean } {
  return {
    parts: [],
    isClosed: false,
    async write(bytes) {
      this.parts.push(bytes.slice());
    },
    async close() {
      this.isClosed = true;
    },
    async abort() {},
  };
}

test('a ZIP holds what was added, and is written as it grows', async () => {
  const sink = memorySink();
  const zip = createZip(sink);
  const large = new Uint8Array(100_000).map((_, index) => index % 251);
  await zip.add('a/größe.png', large);
  const early = sink.parts.reduce((sum, { length }) => sum + length, 0);
  expect(early).toBeGreaterThan(large.length);
  expect(sink.isClosed).toBe(false);
  await zip.add('b.json', new TextEncoder().encode('{}'));
  await zip.end();
  expect(sink.isClosed).toBe(true);
  const files = unzipSync(new Uint8Array(await new Blob(sink.parts as never[]).arrayBuffer()));
  expect(Object.keys(files)).toEqual(['a/größe.png', 'b.json']);
  expect(files['a/größe.png']).toEqual(large);
});

test('a sink that fails ends the ZIP with its error', async () => {
  const sink = { ...memorySink(), write: async () => Promise.reject(new Error('the disk is full')) };
  await expect(createZip(sink).add('a', new Uint8Array(1))).rejects.toThrow('the disk is full');
});
