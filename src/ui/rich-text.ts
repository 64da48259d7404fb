import { html, type TemplateResult } from 'lit';

const PARTS = /\*\*([^*]+)\*\*|`([^`]+)`|\[([^\]]+)\]\(([^)]+)\)/g;

/** A sentence of the catalogue with its `**strong**`, `` `code` `` and `[text](address)` drawn as such; anything else is text. */
export function richText(text: string): (string | TemplateResult)[] {
  const parts: (string | TemplateResult)[] = [];
  let end = 0;
  for (const match of text.matchAll(PARTS)) {
    const [whole, strong, code, label, address = ''] = match;
    parts.push(text.slice(end, match.index));
    if (strong !== undefined) parts.push(html`<strong>${strong}</strong>`);
    else if (code !== undefined) parts.push(html`<code>${code}</code>`);
    else parts.push(html`<a href=${address}>${label}</a>`);
    end = match.index + whole.length;
  }
  return [...parts, text.slice(end)];
}
