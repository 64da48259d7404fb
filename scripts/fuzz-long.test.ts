import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BLOCK_FILES, fuzzLong, type JournalRow, summed } from './fuzz-long.ts';

/** What must not depend on how busy the machine was. */
const sound = (rows: readonly JournalRow[]) =>
  summed(rows).map(({ target, files, accepted, refused, largestFileBytes, failures }) => ({
    target,
    files,
    accepted,
    refused,
    largestFileBytes,
    failures,
  }));

it('a long run that was ended goes on where it stood, with the same files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  try {
    const [whole, ended] = [join(folder, 'whole'), join(folder, 'ended')];
    const said: string[] = [];
    const expected = fuzzLong(2 * BLOCK_FILES, whole, (line) => said.push(line));
    expect(said).toEqual([]);
    const [first = ''] = readFileSync(whole, 'utf8').split('\n');
    writeFileSync(ended, `${first}\n`);
    appendFileSync(ended, first.slice(0, 40));
    const resumed = fuzzLong(2 * BLOCK_FILES, ended, () => {});
    expect(sound(resumed)).toEqual(sound(expected));
    const files = summed(resumed).reduce((sum, one) => sum + one.files, 0);
    expect(files).toBe(2000);
    expect(fuzzLong(2 * BLOCK_FILES, ended, () => {})).toHaveLength(resumed.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
