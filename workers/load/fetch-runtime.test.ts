import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import { WASM_FILE } from '../ort/runtime-files.ts';
import { ASYNCIFY, JSPI } from '../ort/webgpu-build.ts';
import { fetchRuntime } from './fetch-runtime.ts';

const good = new Uint8Array(1000).map((_, index) => index);
const bad = good.with(500, 0);
const file = {
  url: 'https://example.org/assets/runtime.wasm',
  sizeBytes: good.length,
  sha256: createHash('sha256').update(good).digest('hex'),
};

/** A network whose answers depend on whether what is kept on the way may be used. */
function network(kept: Uint8Array, origin: Uint8Array) {
  const asked: (RequestCache | undefined)[] = [];
  async function fetch(_: unknown, init?: RequestInit): Promise<Response> {
    asked.push(init?.cache);
    return new Response(new Uint8Array(init?.cache === 'reload' ? origin : kept));
  }
  return { fetch: fetch as typeof globalThis.fetch, asked };
}

describe('the runtime from the network', () => {
  it('is taken as it is kept where it is whole', async () => {
    const { fetch, asked } = network(good, bad);
    expect(new Uint8Array(await fetchRuntime(file, { fetch }))).toEqual(good);
    expect(asked).toEqual([undefined]);
  });

  it.each([
    ['damaged', bad],
    ['cut short', good.slice(0, 400)],
    ["a host's page for missing files", new TextEncoder().encode('<!doctype html>')],
  ])('is fetched anew where the kept one is %s', async (_, kept) => {
    const { fetch, asked } = network(kept, good);
    const loaded: number[] = [];
    const onBytes = (bytes: number) => void loaded.push(bytes);
    expect(new Uint8Array(await fetchRuntime(file, { fetch, onBytes }))).toEqual(good);
    expect(asked).toEqual([undefined, 'reload']);
    expect(loaded).toEqual(loaded.toSorted((a, b) => a - b));
  });

  it('is refused by name where the site itself has a damaged one', async () => {
    const { fetch, asked } = network(bad, bad);
    const error = await fetchRuntime(file, { fetch }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({
      code: 'model/integrity',
      message: expect.stringContaining('runtime.wasm'),
    });
    expect(asked).toHaveLength(2);
  });

  it('is not asked for twice by a person who cancelled', async () => {
    const { fetch, asked } = network(good, good);
    const stopped: typeof globalThis.fetch = async (...call) => {
      await fetch(...call);
      throw new DOMException('stopped', 'AbortError');
    };
    const signal = AbortSignal.abort();
    await expect(fetchRuntime(file, { fetch: stopped, signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['ort-wasm-simd-threaded.wasm', WASM_FILE],
    ['ort-wasm-simd-threaded.jspi.wasm', JSPI.file],
    ['ort-wasm-simd-threaded.asyncify.wasm', ASYNCIFY.file],
  ] as const)('has the size and hash of the installed package (%s)', (name, { sizeBytes, sha256 }) => {
    const bytes = readFileSync(new URL(`../../node_modules/onnxruntime-web/dist/${name}`, import.meta.url));
    expect(sizeBytes).toBe(bytes.length);
    expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });
});
