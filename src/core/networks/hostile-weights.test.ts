import { describe, expect, test } from 'vitest';
import type { FileTensor } from '../container/tensor.ts';
import { AppError } from '../errors.ts';
import { buildGraph } from '../graph/index.ts';
import type { StateDict } from '../weights/state-view.ts';
import { recogniseModel } from './recognise.ts';

/** A checkpoint of shapes alone: whoever reads a value of it fails. */
const shapesOf = (shapes: Iterable<readonly [string, readonly number[]]>): StateDict =>
  new Map(
    [...shapes].map(([name, shape]): [string, FileTensor] => [
      name,
      {
        name,
        dtype: 'F32',
        shape,
        get bytes(): Uint8Array {
          throw new Error(`${name} was read`);
        },
      },
    ]),
  );

interface Swin {
  readonly window?: number;
  readonly groups?: number;
  readonly blocks?: number;
  readonly heads?: number;
  readonly embed?: number;
}

function* swin({ window = 8, groups = 1, blocks = 2, heads = 1, embed = 4 }: Swin) {
  const hidden = 4;
  yield ['conv_first.weight', [embed, 16, 3, 3]] as const;
  yield ['conv_first.bias', [embed]] as const;
  for (let g = 0; g < groups; g++) {
    for (let b = 0; b < blocks; b++) {
      const n = `layers.${g}.residual_group.blocks.${b}`;
      for (const norm of ['norm1', 'norm2']) {
        for (const part of ['weight', 'bias']) yield [`${n}.${norm}.${part}`, [embed]] as const;
      }
      yield [`${n}.attn.relative_position_bias_table`, [(2 * window - 1) ** 2, heads]] as const;
      yield [`${n}.attn.qkv.weight`, [3 * embed, embed]] as const;
      yield [`${n}.attn.qkv.bias`, [3 * embed]] as const;
      yield [`${n}.attn.proj.weight`, [embed, embed]] as const;
      yield [`${n}.attn.proj.bias`, [embed]] as const;
      yield [`${n}.mlp.fc1.weight`, [hidden, embed]] as const;
      yield [`${n}.mlp.fc1.bias`, [hidden]] as const;
      yield [`${n}.mlp.fc2.weight`, [embed, hidden]] as const;
      yield [`${n}.mlp.fc2.bias`, [embed]] as const;
    }
    yield [`layers.${g}.conv.weight`, [embed, embed, 3, 3]] as const;
    yield [`layers.${g}.conv.bias`, [embed]] as const;
  }
  for (const part of ['weight', 'bias']) yield [`norm.${part}`, [embed]] as const;
  yield ['conv_after_body.weight', [embed, embed, 3, 3]] as const;
  yield ['conv_after_body.bias', [embed]] as const;
  yield ['upsample.0.weight', [64, embed, 3, 3]] as const;
  yield ['upsample.0.bias', [64]] as const;
}

function* lift(stages: number) {
  yield ['conv_in.weight', [4, 32, 3, 3]] as const;
  yield ['conv_in.bias', [4]] as const;
  for (let s = 0; s < stages; s++) {
    for (const conv of ['conv1', 'conv2']) {
      yield [`stages.${s}.blocks.0.${conv}.weight`, [4, 4, 3, 3]] as const;
      yield [`stages.${s}.blocks.0.${conv}.bias`, [4]] as const;
    }
    yield [`stages.${s}.up.weight`, [s < stages - 1 ? 16 : 12, 4, 3, 3]] as const;
    yield [`stages.${s}.up.bias`, [s < stages - 1 ? 16 : 12]] as const;
  }
}

/** How recognition ended, and when. */
function judged(act: () => unknown): { message: string; ms: number } {
  const begin = performance.now();
  let message = 'accepted';
  try {
    act();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ({ message } = error);
  }
  return { message, ms: performance.now() - begin };
}

const range = (length: number): number[] => Array.from({ length }, (_, i) => i);
/** On a busy machine; what broke this took 7 s to minutes. */
const GOOD_TIME_MS = 3000;

describe('a checkpoint of sizes that no network has', () => {
  test.each<[string, StateDict, RegExp]>([
    ['windows of 64', shapesOf(swin({ window: 64 })), /window.* 32/],
    ['windows of 128', shapesOf(swin({ window: 128 })), /window.* 32/],
    ['windows of 2048', shapesOf(swin({ window: 2048 })), /window.* 32/],
    ['100 groups', shapesOf(swin({ window: 2, groups: 100 })), /groups.* 64/],
    ['1,000 groups', shapesOf(swin({ window: 2, groups: 1000 })), /tensors/],
    ['10,000 blocks in a group', shapesOf(swin({ window: 2, blocks: 10_000 })), /tensors|blocks/],
    ['2^20 pixels a cell', shapesOf(lift(20)), /pixels.* 64/],
    ['2^40 pixels a cell', shapesOf(lift(40)), /pixels.* 64/],
    [
      '12,000 prefixes',
      shapesOf(range(12_000).map((i) => [`p${i}.layers.0.residual_group.blocks.0.attn.x`, [0]])),
      /prefix/,
    ],
    [
      '60,000 layers',
      shapesOf(
        range(60_000).flatMap((i) => [
          [`decoder.layers.${i}.weight`, [1, 1, 3, 3]],
          [`${2 * i}.conv.0.weight`, [1, 1, 3, 3]],
        ]),
      ),
      /tensors/,
    ],
    [
      'a name of four million characters',
      shapesOf([[`${'layers.0.'.repeat(450_000)}residual_group.blocks.0.attn.x`, [1]]]),
      /./,
    ],
  ])('is refused in good time, unread: %s', (_, state, sentence) => {
    const { message, ms } = judged(() => recogniseModel(state));
    expect(message).toMatch(sentence);
    expect(message).not.toBe('accepted');
    expect(message.length).toBeLessThanOrEqual(1000);
    expect(ms).toBeLessThan(GOOD_TIME_MS);
  });

  test('says in good time what it is where it has as many groups as a network may', () => {
    const { message, ms } = judged(() => recogniseModel(shapesOf(swin({ window: 2, groups: 64 }))));
    expect(message).toBe('accepted');
    expect(ms).toBeLessThan(GOOD_TIME_MS);
  });

  test('is not built where its constants alone would fill a browser’s memory', () => {
    const state = shapesOf(swin({ window: 32, groups: 32, blocks: 8, heads: 4 }));
    const [description] = recogniseModel(state);
    if (description === undefined) throw new Error('not recognised');
    const { message } = judged(() =>
      buildGraph(description, state, { height: 1, width: 1, precision: 'f32' }),
    );
    expect(message).toMatch(/GB.*1\.1 GB/);
  });
});
