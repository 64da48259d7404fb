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

/** The smallest window that covers `length` in `count` equal windows, with `halo` lost on every inner side. */
const windowFor = (length: number, count: number, halo: number): number =>
  count === 1 ? length : Math.ceil((length - 2 * halo) / count) + 2 * halo;

/**
 * Equal windows along one axis: the first starts at 0 and the last ends at `length`, so that the network's own zero
 * padding falls on the true border, and a cell at least `halo` away from every inner window edge is exact.
 */
function planAxis(length: number, maxWindow: number, halo: number): { window: number; spans: Span[] } {
  let count = 1;
  // A window must be able to yield something: 2 * halo + 1 cells is the least, however small the limit.
  const limit = Math.max(maxWindow, 2 * halo + 1);
  while (windowFor(length, count, halo) > limit) count += 1;
  const window = windowFor(length, count, halo);
  const spans: Span[] = [];
  for (let k = 0; k < count; k += 1) {
    const start = count === 1 ? 0 : Math.round((k * (length - window)) / (count - 1));
    const coreStart = k === 0 ? 0 : (spans[k - 1]?.coreEnd ?? 0);
    const coreEnd = k === count - 1 ? length : start + window - halo;
    spans.push({ start, coreStart, coreEnd });
  }
  return { window, spans };
}

/**
 * Covers a `height` x `width` grid with tiles of one size, at most `maxTile` cells on a side where the halo allows it.
 * Cores are disjoint and cover the grid. With `halo` at least the network's receptive radius (in cells, rounded up),
 * putting the cores together gives exactly what one run on the whole grid gives.
 */
export function planTiles(
  height: number,
  width: number,
  options: { readonly maxTile: number; readonly halo: number },
): TilePlan {
  const rows = planAxis(height, options.maxTile, options.halo);
  const columns = planAxis(width, options.maxTile, options.halo);
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
