import { describe, expect, it } from 'vitest';
import { chooseLanguage } from './choose-language.ts';

const PAGE = 'https://example.org/lift/';

describe('the language of the page', () => {
  it('is the first that browser and page share, whatever the region', () => {
    expect(chooseLanguage(PAGE, null, ['fr-FR', 'de-AT', 'en'])).toBe('de');
    expect(chooseLanguage(PAGE, null, ['zh-Hans-CN'])).toBe('zh');
    expect(chooseLanguage(PAGE, null, ['en-GB', 'de'])).toBe('en');
  });

  it('is English where they share none', () => {
    expect(chooseLanguage(PAGE, null, ['fr', 'ja'])).toBe('en');
    expect(chooseLanguage(PAGE, null, [])).toBe('en');
  });

  it('is what was chosen before rather than what the browser wants, and what the address asks for before both', () => {
    expect(chooseLanguage(PAGE, 'zh', ['de'])).toBe('zh');
    expect(chooseLanguage(`${PAGE}?lang=de`, 'zh', ['en'])).toBe('de');
    expect(chooseLanguage(`${PAGE}?lang=en`, 'zh', ['de'])).toBe('en');
  });

  it('is not moved by nonsense', () => {
    expect(chooseLanguage(`${PAGE}?lang=tlh`, 'toString', ['__proto__', 'de'])).toBe('de');
  });
});
