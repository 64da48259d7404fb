import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestSide, outward, planTiles, type TilePlan } from './tiles.ts';

const sides = fc.integer({ min: 1, max: 300 });
const options = fc.record({
  maxTile: fc.integer({ min: 1, max: 160 }),
  halo: fc.integer({ min: 0, max: 20 }),
  step: fc.constantFrom(1, 1, 2, 8, 16),
});

/** How often each cell of the grid is in a core. */
function coverage(plan: TilePlan, height: number, width: number): Uint8Array {
  const counts = new Uint8Array(height * width);
  for (const { core } of plan.tiles) {
    for (let y = core.y; y < core.y + core.height; y += 1) {
      for (let x = core.x; x < core.x + core.width; x += 1) {
        counts[y * width + x] = (counts[y * width + x] as number) + 1;
      }
    }
  }
  return counts;
}

describe('planTiles', () => {
  it('takes one tile where the grid fits', () => {
    const plan = planTiles(40, 64, { maxTile: 64, halo: 12 });
    expect(plan.tiles).toEqual([
      { input: { y: 0, x: 0, height: 40, width: 64 }, core: { y: 0, x: 0, height: 40, width: 64 } },
    ]);
  });

  it('covers every cell exactly once', () => {
    fc.assert(
      fc.property(sides, sides, options, (height, width, o) => {
        expect(coverage(planTiles(height, width, o), height, width).every((n) => n === 1)).toBe(true);
      }),
    );
  });

  it('gives every tile the same input size, inside the grid', () => {
    fc.assert(
      fc.property(sides, sides, options, (height, width, o) => {
        const plan = planTiles(height, width, o);
        return plan.tiles.every(
          ({ input }) =>
            input.height === plan.tileHeight &&
            input.width === plan.tileWidth &&
            input.y >= 0 &&
            input.x >= 0 &&
            input.y + input.height <= height &&
            input.x + input.width <= width,
        );
      }),
    );
  });

  it('keeps a halo between a core and every input edge that is not the border of the grid', () => {
    fc.assert(
      fc.property(sides, sides, options, (height, width, o) =>
        planTiles(height, width, o).tiles.every(({ input, core }) => {
          const above = input.y === 0 || core.y - input.y >= o.halo;
          const left = input.x === 0 || core.x - input.x >= o.halo;
          const bottom = input.y + input.height;
          const right = input.x + input.width;
          const below = bottom === height || bottom - core.y - core.height >= o.halo;
          const beyond = right === width || right - core.x - core.width >= o.halo;
          return above && left && below && beyond && core.height > 0 && core.width > 0;
        }),
      ),
    );
  });

  it('stays within the limit unless halo and step alone are larger', () => {
    fc.assert(
      fc.property(sides, sides, options, (height, width, o) => {
        const plan = planTiles(height, width, o);
        expect(plan.tileHeight).toBeLessThanOrEqual(Math.max(o.maxTile, 2 * o.halo + 2 * o.step));
      }),
    );
  });

  it('starts every tile at a whole number of steps', () => {
    fc.assert(
      fc.property(sides, sides, options, (height, width, o) =>
        planTiles(height, width, o).tiles.every(
          ({ input }) => input.y % o.step === 0 && input.x % o.step === 0,
        ),
      ),
    );
  });
});

describe('largestSide', () => {
  it.each([
    [100, 37, 37],
    [100, 1000, 100],
    [100, 0, 1],
    [1, 1, 1],
  ])('up to %i with everything up to %i fitting: %i', (upTo, bound, expected) => {
    expect(largestSide(upTo, (side) => side <= bound)).toBe(expected);
  });
});

describe('tiles from a spot outward', () => {
  const grid = { height: 90, width: 120 };
  const plan = planTiles(grid.height, grid.width, { maxTile: 30, halo: 2 });

  it('are the same tiles, those nearest to the spot first', () => {
    const spot = { x: 0.9, y: 0.2 };
    const { tiles, ...rest } = outward(plan, grid, spot);
    expect(rest).toEqual({ tileHeight: plan.tileHeight, tileWidth: plan.tileWidth });
    expect(new Set(tiles)).toEqual(new Set(plan.tiles));
    expect(tiles).toHaveLength(plan.tiles.length);
    const far = tiles.map(({ core: { x, y, height, width } }) =>
      Math.hypot(x + width / 2 - 108, y + height / 2 - 18),
    );
    expect(far).toEqual([...far].sort((a, b) => a - b));
    const [first] = tiles;
    expect(first?.core.x).toBeLessThanOrEqual(108);
    expect((first?.core.x ?? 0) + (first?.core.width ?? 0)).toBeGreaterThan(108);
  });

  it('stay in reading order where nothing is nearer', () => {
    const whole = planTiles(8, 8, { maxTile: 8, halo: 2 });
    expect(outward(whole, { height: 8, width: 8 }, { x: 0, y: 0 })).toEqual(whole);
  });
});
