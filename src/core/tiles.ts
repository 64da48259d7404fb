/** A rectangle of a grid; units are those of the grid it is taken from. */
export interface Rect {
  readonly y: number;
  readonly x: number;
  readonly height: number;
  readonly width: number;
}

/** One piece of work: run the network on `input`, keep `core` of what it makes. Both in input cells of the whole grid. */
export interface Tile {
  readonly input: Rect;
  readonly core: Rect;
}

/** Tiles in reading order; every input has the same size, so that one static graph serves them all. */
export interface TilePlan {
  readonly tileHeight: number;
  readonly tileWidth: number;
  readonly tiles: readonly Tile[];
}

interface Span {
  readonly start: number;
  readonly coreStart: number;
  readonly coreEnd: number;
}

/** How many windows of one size cover `length` when neighbours overlap by two halos, starts at whole steps. */
function windowsNeeded(length: number, window: number, halo: number, step: number): number {
  const stride = Math.floor((window - 2 * halo) / step) * step;
  return Math.ceil((length - window) / stride) + 1;
}

/**
 * Equal windows along one axis: the first starts at 0 and the last ends at `length`, so that the network's own zero
 * padding falls on the true border, and a cell at least `halo` away from every inner window edge is exact.
 */
function planAxis(
  length: number,
  maxWindow: number,
  halo: number,
  step: number,
): { window: number; spans: Span[] } {
  const whole = { window: length, spans: [{ start: 0, coreStart: 0, coreEnd: length }] };
  if (length <= maxWindow) return whole;
  // A window must be able to yield something: a step between two halos is the least, however small the limit.
  const least = 2 * halo + step;
  const aligned = (window: number): number => length - Math.floor((length - window) / step) * step;
  let window = aligned(Math.max(maxWindow, least));
  if (window > maxWindow && window - step >= least) window -= step;
  if (window >= length) return whole;
  const count = windowsNeeded(length, window, halo, step);
  // As many windows do with less: equal work for all instead of a ragged rest.
  while (window - step >= least && windowsNeeded(length, window - step, halo, step) <= count) window -= step;

  const spans: Span[] = [];
  for (let k = 0; k < count; k += 1) {
    const start = step * Math.round((k * (length - window)) / (count - 1) / step);
    const coreStart = spans[k - 1]?.coreEnd ?? 0;
    spans.push({ start, coreStart, coreEnd: k === count - 1 ? length : start + window - halo });
  }
  return { window, spans };
}

/**
 * Covers a `height` x `width` grid with tiles of one size, at most `maxTile` cells on a side where the halo allows it.
 * Cores are disjoint and cover the grid. With `halo` at least the network's receptive radius (in cells, rounded up),
 * putting the cores together gives exactly what one run on the whole grid gives. Tiles start at multiples of `step`, 1 by
 * default.
 */
export function planTiles(
  height: number,
  width: number,
  options: { readonly maxTile: number; readonly halo: number; readonly step?: number },
): TilePlan {
  const { maxTile, halo, step = 1 } = options;
  const rows = planAxis(height, maxTile, halo, step);
  const columns = planAxis(width, maxTile, halo, step);
  const tiles = rows.spans.flatMap((row) =>
    columns.spans.map((column) => ({
      input: { y: row.start, x: column.start, height: rows.window, width: columns.window },
      core: {
        y: row.coreStart,
        x: column.coreStart,
        height: row.coreEnd - row.coreStart,
        width: column.coreEnd - column.coreStart,
      },
    })),
  );
  return { tileHeight: rows.window, tileWidth: columns.window, tiles };
}

/** The largest side of at least 1 and at most `upTo` for which `fits` holds (it must not hold again above a side it refuses). */
export function largestSide(upTo: number, fits: (side: number) => boolean): number {
  let [low, high] = [1, Math.max(1, Math.floor(upTo))];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The same tiles, those nearest to a place of the grid (0..1 of its width and height) first; ties in reading order. */
export function outward(
  plan: TilePlan,
  grid: { readonly height: number; readonly width: number },
  from: { readonly x: number; readonly y: number },
): TilePlan {
  const far = ({ core }: Tile): number =>
    Math.hypot(
      core.x + core.width / 2 - from.x * grid.width,
      core.y + core.height / 2 - from.y * grid.height,
    );
  return { ...plan, tiles: plan.tiles.toSorted((a, b) => far(a) - far(b)) };
}
