import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FileTensor } from '../container/tensor.ts';
import { AppError } from '../errors.ts';
import { buildGraph, estimateMemory } from '../graph/index.ts';
import { NameIndex, StateView } from '../weights/state-view.ts';
import { readGolden } from './golden.ts';
import { readSwinirConfig } from './parts/swinir-config.ts';
import { judgeNetworks, recogniseModel } from './recognise.ts';

const stateOf = (name: string): Map<string, FileTensor> =>
  new Map(
    readGolden(new Uint8Array(readFileSync(new URL(`./fixtures/${name}.safetensors`, import.meta.url))))
      .state,
  );

function refusal(action: () => unknown): AppError {
  try {
    action();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('recogniseModel', () => {
  let lua: Map<string, FileTensor>;
  beforeAll(() => {
    lua = stateOf('lua-window-16');
  });

  test.each([
    ['latentlift-decoder', 'latentlift-decoder', 'decoder', 'LatentLift decoder, 32 channels (FLUX.2)'],
    ['latentlift-encoder', 'latentlift-encoder', 'encoder', 'LatentLift encoder, 32 channels (FLUX.2)'],
    [
      'lua-window-16',
      'swinir',
      'upscaler',
      'LUA upscaler, x2 and x4, 16 channels (FLUX.1 or SD 3 or Wan/Qwen)',
    ],
    ['tiny-decoder-pooled', 'tiny-autoencoder', 'decoder', 'TAEF2 tiny decoder, 32 channels (FLUX.2)'],
    [
      'tiny-encoder-plain',
      'tiny-autoencoder',
      'encoder',
      'TAESD-type tiny encoder, 4 channels (SDXL or SD 1/2)',
    ],
    ['taesana-decoder', 'tiny-autoencoder', 'decoder', 'TAESANA tiny decoder, 32 channels (Sana)'],
    [
      'taeqi-published',
      'tiny-autoencoder',
      'decoder',
      'TAEQI2.1 tiny decoder, 64 channels (Qwen-Image 2.1), with opacity',
    ],
    ['swinir-light-x4', 'swinir', 'pixel-upscaler', 'SwinIR picture upscaler, x4'],
    [
      'swinir-pixelshuffle-x4',
      'swinir',
      'upscaler',
      'SwinIR latent upscaler, x4, 16 channels (FLUX.1 or SD 3 or Wan/Qwen)',
    ],
    [
      'nn-latent-published',
      'nn-latent-upscale',
      'upscaler',
      'NNLatentUpscale, x2, 4 channels (SDXL or SD 1/2)',
    ],
    ['sesqui-4', 'sesqui-lsr', 'upscaler', 'SesquiLSR, x2, 4 channels (SDXL)'],
    ['sesqui-16', 'sesqui-lsr', 'upscaler', 'SesquiLSR, x2, 16 channels (FLUX.1 or Wan/Qwen)'],
    ['sesqui-64-worked-out', 'sesqui-lsr', 'upscaler', 'SesquiLSR, x2, 64 channels (Qwen-Image 2.1)'],
    ['sd-latent-v2', 'sd-latent-upscaler', 'upscaler', 'SD-Latent-Upscaler, x2, 4 channels (SDXL or SD 1/2)'],
    ['taehv-h3', 'taehv', 'decoder', 'TAEH3 video decoder, 24 channels (MiniMax H3)'],
  ])('calls %s what it is', (file, architecture, role, title) => {
    const found = recogniseModel(stateOf(file));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ architecture, role, title });
  });

  test.each([
    ['kl-original', 'first_stage_model.', 4, ['sdxl', 'sd1', 'playground']],
    ['kl-diffusers', '', 16, ['flux1', 'sd3']],
    ['kl-flux2', 'vae.', 32, ['flux2']],
    ['kl-flux2-original', '', 32, ['flux2']],
  ])('finds both halves of %s, raw space, pixels in [-1, 1]', (file, prefix, channels, families) => {
    const found = recogniseModel(stateOf(file));
    expect(found.map(({ role }) => role)).toEqual(['decoder', 'encoder']);
    for (const half of found) {
      expect(half).toMatchObject({
        architecture: 'autoencoder-kl',
        prefix,
        channels,
        families,
        space: 'raw',
        pixelRange: 'signed',
        pixelsPerCell: 4,
      });
    }
  });

  test.each(['kl-diffusers', 'kl-flux2-original'])(
    'takes a half of %s that was saved alone, without its name',
    (file) => {
      const decoder = new Map(
        [...stateOf(file)].flatMap(([name, tensor]) =>
          name.startsWith('decoder.') ? [[name.slice('decoder.'.length), tensor] as const] : [],
        ),
      );
      expect(recogniseModel(decoder).map(({ role }) => role)).toEqual(['decoder']);
    },
  );

  test("passes over FLUX.2's batch norm, which belongs to neither half", () => {
    const state = stateOf('kl-flux2');
    expect([...state.keys()].filter((name) => name.includes('bn.running_'))).toHaveLength(2);
    expect(recogniseModel(state)).toHaveLength(2);
  });

  test('counts the parameters it will use', () => {
    const state = stateOf('latentlift-decoder');
    const total = [...state.values()].reduce(
      (sum, { shape }) => sum + shape.reduce((p, side) => p * side, 1),
      0,
    );
    expect(recogniseModel(state)[0]?.parameters).toBe(total);
  });

  test('reads the sizes of a Swin network off its shapes', () => {
    expect(recogniseModel(lua)[0]).toMatchObject({ channels: 16, space: 'raw', scales: [2, 4] });
    const config = readSwinirConfig(new StateView(new NameIndex(lua)));
    expect(config).toMatchObject({
      embed: 20,
      window: 16,
      heads: [2],
      depths: [2],
      hidden: 30,
      features: 12,
    });
  });

  test('lets tiles start where a window starts, and anywhere where there are none', () => {
    expect(recogniseModel(lua)[0]?.tileStep).toBe(16);
    expect(recogniseModel(stateOf('kl-original'))[0]?.tileStep).toBe(1);
  });

  test('knows how far a decoder reaches: its own exactly, a pooled one not', () => {
    expect(recogniseModel(stateOf('latentlift-decoder'))[0]?.radius).toEqual({ exact: true, cells: 9 });
    expect(recogniseModel(stateOf('tiny-decoder-plain'))[0]?.radius).toEqual({ exact: true, cells: 19 });
    expect(recogniseModel(stateOf('tiny-decoder-pooled'))[0]?.radius.exact).toBe(false);
  });

  test('refuses a decoder of ours with pools, whose seam it could not tell', () => {
    const state = stateOf('latentlift-decoder');
    const width = state.get('stages.0.blocks.0.conv1.weight')?.shape.at(1) ?? 0;
    const pools = (
      [
        ['0.weight', [4 * width, width, 1, 1]],
        ['1.weight', [4 * width]],
        ['1.bias', [4 * width]],
        ['3.weight', [width, 4 * width, 1, 1]],
      ] as const
    ).map(([name, shape]) => {
      const tensor: FileTensor = { ...(state.get('conv_in.bias') as FileTensor), shape };
      return [`stages.0.blocks.0.pool.${name}`, tensor] as const;
    });
    expect(refusal(() => recogniseModel(new Map([...state, ...pools]))).message).toMatch(
      /nearest match is a LatentLift decoder.*not expected: stages\.0\.blocks\.0\.pool\.0\.weight/,
    );
  });

  test('finds a network under a wrapper and a prefix, and prefers the moving average', () => {
    const wrapped = new Map(
      ['params.', 'params_ema.'].flatMap((prefix) =>
        [...lua].map(([name, tensor]) => [`${prefix}module.${name}`, tensor] as const),
      ),
    );
    const found = recogniseModel(wrapped);
    expect(found.map(({ prefix }) => prefix)).toEqual(['params_ema.module.']);
  });

  test('takes a resizer for other latents for what it is not, since it scales them otherwise', () => {
    const state = stateOf('nn-latent-small');
    const first = state.get('conv_in.weight') as FileTensor;
    state.set('conv_in.weight', { ...first, shape: [64, 16, 3, 3] });
    const verdict = judgeNetworks(state).find(({ architecture }) => architecture === 'nn-latent-upscale');
    expect(verdict).toMatchObject({
      outcome: 'other',
      refusal: 'its first layer takes 16 channels; known are resizers for the 4 of SDXL and SD 1.x',
    });
  });

  test('takes SesquiLSR in the space that its author trained each family in', () => {
    const of = (name: string) => recogniseModel(stateOf(name))[0];
    expect(of('sesqui-4')).toMatchObject({ space: 'model', spaces: { sdxl: 'model' } });
    expect(of('sesqui-16')?.spaces).toEqual({ flux1: 'model', wan: 'raw' });
    expect(of('sesqui-32')).toMatchObject({ space: 'raw' });
    expect(of('sesqui-64-worked-out')).toMatchObject({ space: 'model', prefix: 'net.' });
  });

  test('says why near kin of the newer networks are none of them', () => {
    function bent(file: string, name: string, shape: readonly number[]) {
      const state = stateOf(file);
      return state.set(name, { ...(state.get(name) as FileTensor), shape });
    }
    const why = (state: Map<string, FileTensor>, network: string, role = 'upscaler') =>
      judgeNetworks(state).find((one) => one.architecture === network && one.role === role)?.refusal;
    expect(why(bent('sesqui-small', 'head_conv.0.weight', [12, 8, 3, 3]), 'sesqui-lsr')).toBe(
      'its first layer takes 8 channels; known are those for 4, 16, 32 and 64',
    );
    expect(why(bent('sesqui-small', 'in_blocks.1.down.weight', [18, 30, 1, 1]), 'sesqui-lsr')).toMatch(
      /in_blocks\.1 has 30 values and 42 gates, which do not share out/,
    );
    expect(why(bent('sd-latent-small', 'sequential.6.weight', [16, 12, 5, 5]), 'sd-latent-upscaler')).toBe(
      'it takes 4 channels and gives 16; known are those for the 4 of SDXL and SD 1.x',
    );
    expect(why(bent('taehv-small', 'decoder.22.weight', [4, 8, 3, 3]), 'taehv', 'decoder')).toBe(
      'its last layer gives 4 channels, not the 3 of a picture or of its patches',
    );
    const lacking = stateOf('sesqui-4');
    lacking.delete('skip_conv.weight');
    expect(refusal(() => recogniseModel(lacking)).message).toMatch(
      /nearest match is a SesquiLSR latent upscaler.*missing: skip_conv\.weight/,
    );
  });

  test('passes over buffers that the graph computes itself', () => {
    const buffer = lua.get('norm.bias') as FileTensor;
    const withBuffers = new Map(lua)
      .set('layers.0.residual_group.blocks.1.attn_mask', buffer)
      .set('layers.0.residual_group.blocks.0.attn.relative_position_index', buffer);
    expect(recogniseModel(withBuffers)).toHaveLength(1);
  });

  test('names the nearest match and what is missing', () => {
    lua.delete('conv_after_body.weight');
    const error = refusal(() => recogniseModel(lua));
    expect(error.code).toBe('model/unrecognised');
    expect(error.message).toMatch(/nearest match is a SwinIR or LUA.*missing: conv_after_body\.weight/);
    lua = stateOf('lua-window-16');
  });

  test('names the nearest match even where the tensor is gone that tells the sizes', () => {
    const table = 'layers.0.residual_group.blocks.0.attn.relative_position_bias_table';
    const without = new Map([...lua].filter(([name]) => name !== table));
    expect(refusal(() => recogniseModel(without)).message).toMatch(
      new RegExp(
        `nearest match is a SwinIR or LUA latent upscaler, but the weights differ: missing: ${table}\\.`,
      ),
    );
  });

  test('names what has another shape', () => {
    const norm = lua.get('norm.weight') as FileTensor;
    const bent = new Map(lua).set('norm.weight', { ...norm, shape: [10, 2] });
    expect(refusal(() => recogniseModel(bent)).message).toMatch(/norm\.weight \[10,2\] instead of \[20\]/);
  });

  test('says so where a network enlarges by a factor that is not offered', () => {
    const light = new Map(stateOf('swinir-light-x4'));
    for (const [name, shape] of [
      ['upsample.0.weight', [27, 12, 3, 3]],
      ['upsample.0.bias', [27]],
    ] as const) {
      light.set(name, { ...(light.get(name) as FileTensor), shape });
    }
    expect(refusal(() => recogniseModel(light)).message).toMatch(/enlarges neither by 2 nor by 4/);
  });

  test('names what it did not expect, rather than run without it', () => {
    const extra = new Map(lua).set('absolute_pos_embed', lua.get('norm.bias') as FileTensor);
    expect(refusal(() => recogniseModel(extra)).message).toMatch(/not expected: absolute_pos_embed/);
  });

  test('says what it knows when nothing is near', () => {
    const error = refusal(() =>
      recogniseModel(new Map([['wte.weight', lua.get('norm.bias') as FileTensor]])),
    );
    expect(error.message).toMatch(/No network known here has such tensors: wte\.weight\..*LUA/);
  });
});

describe('estimateMemory', () => {
  function of(name: string, side: number) {
    const state = stateOf(name);
    const [found] = recogniseModel(state);
    if (found === undefined) throw new Error('not recognised');
    return estimateMemory(found, state, { height: side, width: side, precision: 'f32' });
  }

  test('says what SesquiLSR takes for 1024 px of SDXL, and that its hidden layers stay in pieces', () => {
    const { weightBytes, largestActivationBytes, liveActivationBytes } = of('sesqui-4', 128);
    expect(weightBytes).toBeGreaterThan(11e6);
    expect(weightBytes).toBeLessThan(13e6);
    expect(largestActivationBytes).toBeLessThanOrEqual(4 * 256 * 256 * 256);
    expect(liveActivationBytes).toBeLessThan(256e6);
    // Four times the area: what is alive grows by no more than that, and no tensor beyond the trunk's own.
    expect(of('sesqui-4', 256).largestActivationBytes).toBeLessThanOrEqual(4 * 128 * 516 * 516);
  });

  test('says what a frame of 832 x 480 takes through TAEW2.1', () => {
    const state = stateOf('taehv-wan');
    const [decoder] = recogniseModel(state);
    if (decoder === undefined) throw new Error('not recognised');
    const { weightBytes, liveActivationBytes } = estimateMemory(decoder, state, {
      height: 60,
      width: 104,
      precision: 'f32',
    });
    expect(weightBytes).toBeLessThan(45e6);
    expect(liveActivationBytes).toBeLessThan(1e9);
  });
});

describe('buildGraph', () => {
  const state = stateOf('latentlift-encoder');
  const request = { height: 16, width: 24, precision: 'f32' } as const;

  test('refuses weights that are not finite, with the tensor and the position', () => {
    const [description] = recogniseModel(state);
    const bias = state.get('conv_out.bias') as FileTensor;
    const bytes = bias.bytes.slice();
    bytes.set([0, 0, 0xc0, 0x7f], 12); // NaN as the fourth float32
    const damaged = new Map(state).set('conv_out.bias', { ...bias, bytes });
    if (!description) throw new Error('not recognised');
    const error = refusal(() => buildGraph(description, damaged, request));
    expect(error.code).toBe('model/mismatch');
    expect(error.message).toMatch(/conv_out\.bias holds NaN at position 3/);
  });

  test('refuses pixels that are no whole cells, and a factor that the model lacks', () => {
    const [encoder] = recogniseModel(state);
    const lua = stateOf('lua-window-16');
    for (const name of [...lua.keys()]) if (name.startsWith('heads.x4.')) lua.delete(name);
    const [upscaler] = recogniseModel(lua);
    if (!encoder || !upscaler) throw new Error('not recognised');
    expect(refusal(() => buildGraph(encoder, state, { ...request, width: 20 })).message).toMatch(
      /multiples of 8/,
    );
    expect(refusal(() => buildGraph(upscaler, lua, { ...request, scale: 4 })).message).toMatch(/offers x2/);
  });
});
