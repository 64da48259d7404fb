/** The address of the view for a frame in another page. */
export function embedAddress(link: string): string {
  const url = new URL(link);
  url.searchParams.set('embed', '1');
  return url.href;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** What to paste into a page to show the view there. `aspect` is width by height of the pictures. */
export const embedCode = (link: string, aspect: number): string =>
  `<iframe src="${escaped(embedAddress(link))}" title="LatentLift comparison" loading="lazy" allow="clipboard-write; fullscreen; cross-origin-isolated" style="width: 100%; border: 0; aspect-ratio: ${Number(aspect.toFixed(3))}; min-height: 24rem"></iframe>`;

/** True where the page was opened inside another by such a code. */
export const isEmbedded = (address: string): boolean => new URL(address).searchParams.get('embed') === '1';
