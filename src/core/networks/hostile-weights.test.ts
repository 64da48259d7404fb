import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { FileTensor } from '../container/tensor.ts';
import { watchComputing } from '../container/testing/computing-time.ts';
import { AppError } from '../errors.ts';
import { buildGraph } from '../graph/index.ts';
import type { StateDict } from '../weights/state-view.ts';
import { readGolden } from './golden.ts';
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
  const spent = watchComputing();
  let message = 'accepted';
  try {
    act();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ({ message } = error);
  }
  return { message, ms: spent() };
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

/** The small video autoencoder with one tensor of another shape, as shapes alone. */
function bentVideo(name: string, shape: readonly number[]): StateDict {
  const golden = new URL('fixtures/taehv-small.safetensors', import.meta.url);
  const { state } = readGolden(new Uint8Array(readFileSync(golden)));
  if (!state.has(name)) throw new RangeError(`no ${name} in the golden`);
  return shapesOf([...state].map(([key, tensor]) => [key, key === name ? shape : tensor.shape]));
}

describe('a video network with a layer that parts or joins frames in no way that any has', () => {
  test.each<[string, readonly number[], RegExp]>([
    ['decoder.7.conv.weight', [40, 16, 1, 1], /7\.conv\.weight \[40,16,1,1\] instead of \[48,16,1,1\]/],
    ['decoder.7.conv.weight', [0, 16, 1, 1], /7\.conv\.weight \[0,16,1,1\] instead of \[16,16,1,1\]/],
    ['decoder.7.conv.weight', [], /video decoder.* differ/],
    ['decoder.7.conv.weight', [1_600_000, 16, 1, 1], /7\.conv\.weight \[1600000,16,1,1\] instead of/],
    ['encoder.7.conv.weight', [8, 20, 1, 1], /7\.conv\.weight \[8,20,1,1\] instead of \[8,24,1,1\]/],
    ['encoder.7.conv.weight', [8, 0, 1, 1], /7\.conv\.weight \[8,0,1,1\] instead of \[8,8,1,1\]/],
    ['encoder.2.conv.weight', [8, 16_000, 1, 1], /2\.conv\.weight \[8,16000,1,1\] instead of/],
  ])('is told by that layer, and the other half serves: %s of [%s]', (name, shape, sentence) => {
    const state = bentVideo(name, shape);
    const [bent, sound] = name.startsWith('decoder.') ? ['decoder', 'encoder'] : ['encoder', 'decoder'];
    const own = new Map([...state].filter(([key]) => key.startsWith(`${bent}.`)));
    const { message, ms } = judged(() => recogniseModel(own));
    expect(message).toMatch(sentence);
    expect(ms).toBeLessThan(GOOD_TIME_MS);
    expect(recogniseModel(state).map(({ role }) => role)).toEqual([sound]);
  });
});

/** First and last layer of a video decoder of four channels. */
const VIDEO_ENDS = [
  ['decoder.1.weight', [4, 4, 3, 3]],
  ['decoder.1.bias', [4]],
  ['decoder.99.weight', [3, 4, 3, 3]],
  ['decoder.99.bias', [3]],
] as const;

describe('a video network of so many layers that part frames that none would end', () => {
  test('is refused before it is built', () => {
    const layers = range(40).flatMap((i) => [
      [`decoder.${3 + 2 * i}.conv.weight`, [8, 4, 1, 1]] as const,
      [`decoder.${4 + 2 * i}.weight`, [4, 4, 3, 3]] as const,
    ]);
    const { message, ms } = judged(() => recogniseModel(shapesOf([...layers, ...VIDEO_ENDS])));
    expect(message).toMatch(/pixels|frames/);
    expect(ms).toBeLessThan(GOOD_TIME_MS);
  });

  test('is refused by its frames where its cells are of a common size', () => {
    const layers = range(3).map((i) => [`decoder.${3 + i}.conv.weight`, [32, 4, 1, 1]] as const);
    const { message } = judged(() => recogniseModel(shapesOf([...layers, ...VIDEO_ENDS])));
    expect(message).toMatch(/512 frames.* 64/);
  });
});
