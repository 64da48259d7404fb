import { afterEach, describe, expect, test } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { missingPart } from '../../core/missing-part.ts';
import { translation as german } from '../../words/de/index.ts';
import { speak } from '../../words/language.ts';
import { translation as chinese } from '../../words/zh/index.ts';
import { causeOf, sentenceOf } from './messages.ts';

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

describe('why the GPU or the CPU is used', () => {
  afterEach(() => speak('en', null));

  test('is the engine’s own sentence in English', () => {
    expect(causeOf('gpu-none', 'This browser offers no GPU.')).toBe('This browser offers no GPU.');
  });

  test.each([
    ['de', german, /^Dieser Browser bietet keine GPU .* \(This browser offers no GPU\.\)$/],
    ['zh', chinese, /^此浏览器.*GPU.* \(This browser offers no GPU\.\)$/],
  ] as const)('is told in %s, with the particulars in English behind it', (language, words, expected) => {
    speak(language, words as unknown as Readonly<Record<string, object>>);
    expect(causeOf('gpu-none', 'This browser offers no GPU.')).toMatch(expected);
  });
});
