import type { Plugin } from 'vite';

/** The style sheets of `code` without the indentation of their lines; a line stays a line, for source maps. */
export const withoutIndent = (code: string): string =>
  code.replace(/\bcss`[^`]*`/g, (sheet) => sheet.replace(/\n[ \t]+/g, '\n'));

/** Styles of elements are template literals, which a minifier leaves as they are. */
export const trimCss = (): Plugin => ({
  name: 'latentlift:css-indent',
  apply: 'build',
  enforce: 'pre',
  transform: {
    filter: { id: /\.ts$/, code: 'css`' },
    handler: (code) => ({ code: withoutIndent(code), map: null }),
  },
});
