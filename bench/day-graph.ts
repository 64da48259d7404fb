import type { Held } from './page-memory.ts';

export interface Sample extends Held {
  readonly decodes: number;
}

const [WIDTH, HEIGHT] = [760, 380];
const EDGE = { left: 60, right: 150, top: 20, bottom: 40 };
const STEP_MB = 100;
/** Colours that stay apart for colour-blind readers (Okabe and Ito). */
const LINES = [
  { key: 'resident', title: 'process, resident', colour: '#0072b2' },
  { key: 'own', title: 'process, its own', colour: '#d55e00' },
  { key: 'wasm', title: 'WebAssembly', colour: '#009e73' },
  { key: 'heap', title: "page's heap", colour: '#cc79a7' },
] as const;

/** What a page held in the course of a day, MB against pictures made, as an SVG on white. */
export function dayGraphOf(samples: readonly Sample[]): string {
  const most = Math.max(...samples.map(({ resident }) => resident));
  const top = STEP_MB * Math.ceil(most / STEP_MB);
  const last = samples.at(-1)?.decodes ?? 1;
  const x = (decodes: number): number => EDGE.left + (decodes / last) * (WIDTH - EDGE.left - EDGE.right);
  const y = (mb: number): number => HEIGHT - EDGE.bottom - (mb / top) * (HEIGHT - EDGE.top - EDGE.bottom);
  const rows = Array.from({ length: top / STEP_MB + 1 }, (_, i) => i * STEP_MB).map(
    (mb) =>
      `<path class="g" d="M${EDGE.left} ${y(mb)}H${WIDTH - EDGE.right}"/><text x="${EDGE.left - 8}" y="${y(mb) + 4}" text-anchor="end">${mb} MB</text>`,
  );
  const columns = [0, 1, 2, 3, 4, 5].map((fifth) => {
    const decodes = Math.round((last * fifth) / 5);
    return `<text x="${x(decodes)}" y="${HEIGHT - 16}" text-anchor="middle">${decodes}</text>`;
  });
  const drawn = LINES.map(({ key, title, colour }) => {
    const points = samples.map((one) => `${x(one.decodes).toFixed(1)} ${y(one[key]).toFixed(1)}`).join('L');
    const end = y(samples.at(-1)?.[key] ?? 0) + 4;
    return `<path fill="none" stroke="${colour}" stroke-width="2" d="M${points}"/><text x="${WIDTH - EDGE.right + 8}" y="${end.toFixed(1)}" style="fill:${colour}">${title}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Memory against pictures made"><style>text{font:13px system-ui,sans-serif;fill:#666}.g{stroke:#8884;fill:none}</style><rect width="100%" height="100%" fill="#fff"/>${rows.join('')}${columns.join('')}${drawn.join('')}</svg>\n`;
}
