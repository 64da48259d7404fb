import { describe, expect, it } from 'vitest';
import { KNOWN_WEIGHTS } from '../src/app/models/known-weights.ts';
import { costOf } from './known-costs.ts';

describe('every network of the known list', () => {
  // `npx tsx scripts/write-known-costs.ts` brings the list up to date.
  it.each(KNOWN_WEIGHTS.map((known) => [known.id, known] as const))(
    'says what the graph of its shapes asks for 512 px: %s',
    (_, known) => {
      expect(known.cost).toEqual(costOf(known));
      expect(known.cost.gigaMultiplyAdds).toBeGreaterThan(0);
    },
  );
});
