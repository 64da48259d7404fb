/** How large tiles may be for their time, learnt from those that have run. */
export interface Pace {
  /** A run of `network` over so many cells took so long; runs that compile something on the way are not to be told. */
  note(network: string, cells: number, ms: number): void;
  /** The longest tile side worth running at once, in cells. */
  sideFor(network: string): number;
}

export interface PaceLimits {
  /** How long one tile may keep the device. */
  readonly tileMs: number;
  /** Sides of tiles: before anything is known, at most, and at least (smaller ones would be all halo). */
  readonly unknownCells: number;
  readonly mostCells: number;
  readonly leastCells: number;
}

/**
 * Tiles cut by time. Systems reset a GPU whose work holds it for about two seconds, and the page's own drawing waits behind it, so a slow
 * one gets smaller tiles. Nothing is known before the first warm run: until then tiles are of a middling size.
 */
export function createPace({ tileMs, unknownCells, mostCells, leastCells }: PaceLimits): Pace {
  const msPerCell = new Map<string, number>();
  return {
    note(network, cells, ms) {
      if (cells > 0 && ms > 0) msPerCell.set(network, ms / cells);
    },
    sideFor(network) {
      const cost = msPerCell.get(network);
      if (cost === undefined) return unknownCells;
      return Math.min(mostCells, Math.max(leastCells, Math.floor(Math.sqrt(tileMs / cost))));
    },
  };
}
