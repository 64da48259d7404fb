import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../src/contract/model-manifest.ts';
import { openSelfTest } from './self-test.ts';

const file = (name: string): Buffer => readFileSync(new URL(`../../public/models/${name}`, import.meta.url));

describe('the stored answers of the release', () => {
  const { models, selfTest } = parseManifest(JSON.parse(file('manifest.json').toString()));
  const bytes = new Uint8Array(file(selfTest.file));

  it('are there for each of its decoders, and each decoder has its own', () => {
    const answers = models
      .filter(({ role }) => role === 'decoder')
      .map(({ id }) => openSelfTest(bytes, id)?.decoded.data);
    expect(answers.length).toBeGreaterThan(1);
    for (const answer of answers) expect(answer?.length).toBe(3 * 64 * 64);
    expect(new Set(answers.map((answer) => answer?.[0])).size).toBe(answers.length);
  });

  it('say nothing of a decoder that is not of it', () => {
    expect(openSelfTest(bytes, 'user:0')).toBeNull();
    // The name of one is the beginning of the other's.
    expect(openSelfTest(bytes, 'flux2')).toBeNull();
  });
});
