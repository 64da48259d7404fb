import { expect, test } from 'vitest';
import { parseOpenFiles } from './keeping.ts';

const id = '0123456789abcdef0123456789abcdef';

test('the list of open files survives what others may have written in its place', () => {
  for (const text of [null, '', '{', '{}', 'null', '[1, null, {"id": 3}, {"id": "../x"}]']) {
    expect(parseOpenFiles(text)).toEqual([]);
  }
  expect(parseOpenFiles(JSON.stringify([{ id, override: { space: 'raw' }, isCurrent: true }]))).toEqual([
    { id, override: { space: 'raw' }, isCurrent: true },
  ]);
  expect(parseOpenFiles(JSON.stringify([{ id, override: 7 }]))).toEqual([
    { id, override: {}, isCurrent: false },
  ]);
});
