import { parseAst } from 'rolldown/parseAst';
import { describe, expect, it } from 'vitest';
import { translation as de } from '../src/words/de/index.ts';
import type { Translation } from '../src/words/translation.ts';
import { translation as zh } from '../src/words/zh/index.ts';
import { filesUnder, textOf } from './documents.ts';

/** Stands for what a template puts in. */
const HOLE = ['$', '{}'].join('');

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

/** What people may see without its being a word of any language: names, units, formats, what CSS and keys are called. */
const NO_WORDS =
  /^(LatentLift|WebGPU|CPU|LoRA|CFG|PSNR|SSIM|SHA-256|Esc|Escape|Files|Arrow\w+|Models|Ref|Original|Setup|Upscale|Decode|Draw|Other|PSNR \$\{\} dB · SSIM \$\{\}|\.npy, float(16|32)|ComfyUI \.latent)$/;

/** Texts for machines: styles, media queries, fonts, selectors. */
const FOR_MACHINES =
  /^\(|--|px (system|sans)|px system-ui|rgb\(|<iframe|canvas$|: var\(|^[a-z-]+: \$|repeat\(|^left: |\.safetensors$/;

/** Two letters of a sentence: what stands in `${}` is somebody else's. */
function readsAsWords(text: string): boolean {
  const plain = text.replaceAll(HOLE, '').replace(/\b(px|dB|ms|MB|GB|kB|MP|of|s|k|M|B|x|frame)\b/g, '');
  return /\p{L}{2}/u.test(plain) && (/ /.test(text) || /^\p{Lu}\p{Ll}/u.test(text));
}

/** A message of an error: the library's are English too, and the page puts what their code means before them. */
const isError = (node: Node, source: string): boolean =>
  (node.type === 'NewExpression' || node.type === 'CallExpression') &&
  /^(\w*Error|failed|broke|found)$/.test(sourceOf(node['callee'], source));

const sourceOf = (node: unknown, source: string): string =>
  isNode(node) ? source.slice(node.start, node.end) : '';

/** The words of an `html` template: text between tags, and the attributes that are seen or heard. */
function wordsOfHtml(quasi: Node): string[] {
  const text = (quasi['quasis'] as { value: { raw: string } }[]).map(({ value }) => value.raw).join(HOLE);
  const attributes = [
    ...text.matchAll(/\b(?:title|aria-label|aria-valuetext|label|placeholder|alt)="([^"]*)"/g),
  ].map(([, value = '']) => value);
  const between = text.replace(/<[^>]*>/g, '\n').split('\n');
  return [...attributes, ...between]
    .map((part) => part.replaceAll(HOLE, '').trim())
    .filter((part) => /\p{L}{3}/u.test(part) && !/^https?:/.test(part));
}

/** Strings that read as words where they would be seen, by line. */
function visibleIn(path: string): string[] {
  const source = textOf(path);
  const found: string[] = [];
  function note(node: Node, text: string): void {
    if (NO_WORDS.test(text.trim())) return;
    found.push(`${path}:${source.slice(0, node.start).split('\n').length}: ${text}`);
  }
  function walk(value: unknown): void {
    if (Array.isArray(value)) value.forEach(walk);
    if (!isNode(value)) return;
    if (/^TS|Import|ExportAll/.test(value.type) || isError(value, source)) return;
    if (value.type === 'ThrowStatement') return;
    if (value.type === 'TaggedTemplateExpression') {
      const quasi = value['quasi'] as Node;
      if (sourceOf(value['tag'], source) === 'css') return;
      for (const text of wordsOfHtml(quasi)) note(value, text);
      walk(quasi['expressions']);
      return;
    }
    const text = textOfString(value);
    if (text !== null && readsAsWords(text) && !FOR_MACHINES.test(text)) note(value, text);
    for (const [field, child] of Object.entries(value)) if (field !== 'type') walk(child);
  }
  walk(parseAst(source, { lang: 'ts' }, path) as unknown);
  return found;
}

function textOfString(node: Node): string | null {
  if (node.type === 'Literal') return typeof node['value'] === 'string' ? node['value'] : null;
  if (node.type !== 'TemplateLiteral') return null;
  return (node['quasis'] as { value: { raw: string } }[]).map(({ value }) => value.raw).join(HOLE);
}

/** Says nothing but why a list could not be read. */
const OF_ERRORS = 'src/browser/fetch-json.ts';

/** Things of a registry own their English words; `words.test.ts` asks for their translations. */
const REGISTRIES = /^src\/(ui\/stage\/views\/(blink|difference|lens|side|slider)|page\/commands)\.ts$/;

describe('what people see', () => {
  const sources = ['src/ui', 'src/app', 'src/page', 'src/browser']
    .flatMap((folder) => filesUnder(folder, /\.ts$/))
    .concat('src/main.ts')
    .filter(
      (path) =>
        !/\.test\.ts$|\/testing\/|-styles\.ts$/.test(path) && !REGISTRIES.test(path) && path !== OF_ERRORS,
    );

  it('stands in the catalogue, not in the code', () => {
    expect(sources.length).toBeGreaterThan(120);
    expect(sources.flatMap(visibleIn)).toEqual([]);
  });
});

/** Texts and attributes of index.html, each with the name in whose place they stand. */
function wordsOfPage(): { name: string | null; attribute: string; text: string }[] {
  const html = textOf('index.html').replace(
    /<svg[\s\S]*?<\/svg>|<head>[\s\S]*?<\/head>|<noscript>[\s\S]*?<\/noscript>/g,
    '',
  );
  const open: (string | null)[] = [];
  const words: { name: string | null; attribute: string; text: string }[] = [];
  for (const [token] of html.matchAll(/<[^>]*>|[^<]+/g)) {
    if (token.startsWith('</')) {
      open.pop();
    } else if (token.startsWith('<')) {
      const name = /data-words="([^"]*)"/.exec(token)?.[1] ?? null;
      for (const [, attribute = '', text = ''] of token.matchAll(/\s(title|aria-label|label)="([^"]*)"/g)) {
        words.push({ name, attribute, text });
      }
      if (!/\/>$|^<(input|!)/.test(token)) open.push(name);
    } else if (/\p{L}{3}/u.test(token)) {
      words.push({ name: open.at(-1) ?? null, attribute: '', text: token.trim() });
    }
  }
  return words;
}

/** Names, and what the page fills with words of its own at once. */
const OWN = [
  'LatentLift',
  'English',
  'Deutsch',
  'LUA, the Latent Upscaler Adapter',
  '· Apache-2.0',
  'Change the theme',
];

describe.each(Object.entries({ de, zh } satisfies Record<string, Translation>))(
  'index.html in %s',
  (_, { page }: Translation) => {
    it('has every text and no other', () => {
      const words = wordsOfPage().filter(({ text }) => !OWN.includes(text));
      const keys = words.map(({ name, attribute, text }) =>
        name === null ? `no data-words: ${text}` : attribute === '' ? name : `${name}@${attribute}`,
      );
      expect([...new Set([...keys, 'title'])].sort()).toEqual(Object.keys(page).sort());
    });
  },
);
