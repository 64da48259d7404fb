import { describe, expect, test } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { missingPart } from '../../core/missing-part.ts';
import { sentenceOf } from './messages.ts';

describe('a script that the page fetches when it is needed', () => {
  test.each([
    'Failed to fetch dynamically imported module: https://example.org/assets/read-tiff-1.js',
    'error loading dynamically imported module: https://example.org/assets/read-tiff-1.js',
    'Importing a module script failed.',
  ])('is told as a new version where the host has it no more: %s', (message) => {
    expect(sentenceOf(new TypeError(message))).toMatch(/new version.*Reload the page/);
  });

  test('is told so by whoever runs in a worker, too', () => {
    expect(sentenceOf(missingPart('The part that reads files'))).toMatch(/new version.*Reload the page/);
  });

  test('is not blamed for other failures', () => {
    expect(sentenceOf(new TypeError('x is undefined'))).toMatch(/unexpected.*x is undefined/);
    expect(sentenceOf(new AppError('file/malformed', 'The file is damaged; save it again.'))).toMatch(
      /damaged/,
    );
  });
});
