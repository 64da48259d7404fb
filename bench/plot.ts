import { type BenchResult, type CellResult, costOf } from './report.ts';

const [WIDTH, HEIGHT] = [960, 560];
const EDGE = { left: 70, right: 290, top: 30, bottom: 50 };
/** Colours that stay apart for colour-blind readers (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000', '#999999'];

const SHOWN =
  /^(decode x1|lua x[24]|pixel-lanczos x2|pixel-upscaler x2|trunk x2|taef2 x1|flux1 x1|esrgan-(slim|medium) x2)$/;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

interface Line {
  readonly title: string;
  readonly points: readonly { readonly pixels: number; readonly ms: number }[];
}

function linesOf(cells: readonly CellResult[]): Line[] {
  const ids = [...new Set(cells.map(({ id }) => id))].filter((id) => SHOWN.test(id));
  return ids.flatMap((id) => {
    const own = cells.filter((cell) => cell.id === id);
    const points = own.flatMap((cell) => {
      const ms = costOf(cell);
      return ms === null || ms <= 0 ? [] : [{ pixels: cell.pixels, ms }];
    });
    return points.length > 0 ? [{ title: own[0]?.title ?? id, points }] : [];
  });
}

/** Cost against size of the first setting, both logarithmic, as an SVG that reads in light and dark. */
export function plotOf({ settings }: BenchResult): string {
  const lines = linesOf(settings[0]?.cells ?? []);
  const all = lines.flatMap(({ points }) => points);
  const [least, most] = [Math.min(...all.map(({ ms }) => ms)), Math.max(...all.map(({ ms }) => ms))];
  const decades = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))] as const;
  const sizes = [...new Set(all.map(({ pixels }) => pixels))].sort((a, b) => a - b);
  const [from, to] = [Math.log2(sizes[0] ?? 1), Math.log2(sizes.at(-1) ?? 2)];
  const x = (pixels: number): number =>
    EDGE.left + ((Math.log2(pixels) - from) / Math.max(1, to - from)) * (WIDTH - EDGE.left - EDGE.right);
  const y = (ms: number): number =>
    HEIGHT -
    EDGE.bottom -
    ((Math.log10(ms) - decades[0]) / (decades[1] - decades[0])) * (HEIGHT - EDGE.top - EDGE.bottom);
  const grid = [
    ...sizes.map(
      (size) =>
        `<path class="g" d="M${x(size)} ${EDGE.top}V${HEIGHT - EDGE.bottom}"/><text x="${x(size)}" y="${HEIGHT - 28}" text-anchor="middle">${size} px</text>`,
    ),
    ...Array.from({ length: decades[1] - decades[0] + 1 }, (_, i) => 10 ** (decades[0] + i)).map(
      (ms) =>
        `<path class="g" d="M${EDGE.left} ${y(ms)}H${WIDTH - EDGE.right}"/><text x="${EDGE.left - 8}" y="${y(ms) + 4}" text-anchor="end">${ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`}</text>`,
    ),
  ];
  // Names of lines that go all the way stand beside their ends, pushed apart where they would overlap; others over their last point.
  const ends = lines
    .map((line, i) => ({ line, i, end: line.points.at(-1) ?? { pixels: 1, ms: 1 } }))
    .sort((a, b) => b.end.ms - a.end.ms);
  // From below upward, so that a name that gives way does so to the free side.
  const short = new Map<string, number>();
  let above = Number.POSITIVE_INFINITY;
  for (const { line, end } of ends.toReversed()) {
    if (end.pixels === sizes.at(-1)) continue;
    above = Math.min(y(end.ms) - 5, above - 17);
    short.set(line.title, above);
  }
  let last = Number.NEGATIVE_INFINITY;
  const drawn = ends.map(({ line, i, end }) => {
    const [endX, endY] = [x(end.pixels), y(end.ms)];
    const isWhole = end.pixels === sizes.at(-1);
    if (isWhole) last = Math.max(endY, last + 17);
    const colour = COLOURS[i % COLOURS.length];
    const dash = i < COLOURS.length ? '' : ' stroke-dasharray="7 4"';
    const path = line.points.map(({ pixels, ms }) => `${x(pixels).toFixed(1)} ${y(ms).toFixed(1)}`).join('L');
    const dots = line.points.map(
      ({ pixels, ms }) => `<circle cx="${x(pixels)}" cy="${y(ms).toFixed(1)}" r="3.5"/>`,
    );
    const leader =
      isWhole && last - endY > 3
        ? `<path fill="none" stroke="${colour}" stroke-width=".7" d="M${endX + 5} ${endY.toFixed(1)}L${endX + 14} ${last.toFixed(1)}"/>`
        : '';
    const isRight = !isWhole && endX > (EDGE.left + WIDTH - EDGE.right) / 2;
    const nameX = endX + (isWhole ? 18 : isRight ? -2 : 8);
    const nameY = isWhole ? last + 4 : (short.get(line.title) ?? endY);
    const name = `<text x="${nameX}"${isRight ? ' text-anchor="end"' : ''} y="${nameY.toFixed(1)}" style="fill:${colour}">${escaped(line.title)}</text>`;
    return `<g fill="${colour}" stroke="none">${dots.join('')}<path fill="none" stroke="${colour}" stroke-width="2"${dash} d="M${path}"/>${leader}${name}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Cost against size"><style>text{font:13px system-ui,sans-serif;fill:#666}.g{stroke:#8884;fill:none}</style><rect width="100%" height="100%" fill="#fff"/>${grid.join('')}${drawn.join('')}</svg>\n`;
}
