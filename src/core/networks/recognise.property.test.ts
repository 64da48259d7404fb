import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileTensor } from '../container/tensor.ts';
import { AppError } from '../errors.ts';
import { estimateMemory } from '../graph/index.ts';
import { readGolden } from './golden.ts';
import { recogniseModel } from './recognise.ts';

const files = [
  'latentlift-decoder',
  'latentlift-encoder',
  'lua-window-8',
  'swinir-real-x4',
  'swinir-light-x4',
  'tiny-decoder-pooled',
  'taesana-encoder',
  'kl-original',
  'kl-flux2',
];
const states = files.map((file) => [
  ...readGolden(new Uint8Array(readFileSync(new URL(`./fixtures/${file}.safetensors`, import.meta.url))))
    .state,
]);

/** One damage to a checkpoint: a tensor lost, renamed, or of another shape (its values do not matter to recognition). */
const damage = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom('lost', 'renamed', 'reshaped', 'flattened', 'emptied'),
  side: fc.nat({ max: 40 }),
  name: fc.constantFrom(
    'x',
    'conv_in.weight',
    'layers.7.conv.weight',
    '9.conv.0.weight',
    'decoder.up.9.block.0.conv1.weight',
  ),
});

type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function apply(entries: [string, FileTensor][], { at, kind, side, name }: Damage): void {
  const index = at % Math.max(1, entries.length);
  const entry = entries[index];
  if (!entry) return;
  const [old, tensor] = entry;
  if (kind === 'lost') entries.splice(index, 1);
  else if (kind === 'renamed') entries[index] = [name, tensor];
  else if (kind === 'flattened') entries[index] = [old, { ...tensor, shape: [tensor.bytes.length / 4] }];
  else if (kind === 'emptied') entries[index] = [old, { ...tensor, shape: [] }];
  else {
    entries[index] = [
      old,
      { ...tensor, shape: tensor.shape.map((length, i) => (i === at % 3 ? side : length)) },
    ];
  }
}

describe('a damaged checkpoint', () => {
  test('is either still a whole network that can be built, or refused with a sentence', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: files.length - 1 }),
        fc.array(damage, { minLength: 1, maxLength: 4 }),
        (which, damages) => {
          const entries = [...(states[which] ?? [])];
          for (const item of damages) apply(entries, item);
          const state = new Map(entries);
          try {
            for (const found of recogniseModel(state)) {
              const side = found.pixelsPerCell;
              const { totalBytes } = estimateMemory(found, state, {
                height: side,
                width: side,
                precision: 'f32',
              });
              expect(totalBytes).toBeGreaterThan(0);
            }
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
            expect(String(error)).not.toMatch(/undefined|NaN|\[object/);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
