import type { ModelEntry, ModelManifest } from '../../src/contract/model-manifest.ts';
import { writeSafetensors } from '../../src/core/container/write-safetensors.ts';
import { type NoiseTensor, syntheticState } from '../../src/core/weights/synthetic.ts';

/** The three networks of a release at toy size, 32 channels, weights of noise: the right shapes in a few kilobytes. */
const layer = (name: string, ...shape: number[]): NoiseTensor[] => [
  {
    name: `${name}.weight`,
    shape,
    scale: 0.5 / Math.sqrt(shape.slice(1).reduce((a, b) => a * b, 1)),
    offset: 0,
  },
  { name: `${name}.bias`, shape: shape.slice(0, 1), scale: 0.1, offset: 0 },
];

const norm = (name: string, width: number): NoiseTensor[] => [
  { name: `${name}.weight`, shape: [width], scale: 0.1, offset: 1 },
  { name: `${name}.bias`, shape: [width], scale: 0.1, offset: 0 },
];

const residual = (name: string, width: number): NoiseTensor[] => [
  ...layer(`${name}.conv1`, width, width, 3, 3),
  ...layer(`${name}.conv2`, width, width, 3, 3),
];

/** The branch of an 8-wide block that sees the whole picture. */
const pool = (name: string): NoiseTensor[] => [
  { name: `${name}.0.weight`, shape: [16, 8, 1, 1], scale: 0.2, offset: 0 },
  ...norm(`${name}.1`, 16),
  { name: `${name}.3.weight`, shape: [8, 16, 1, 1], scale: 0.2, offset: 0 },
];

const context = (channels: number, out: number): NoiseTensor[] => [
  ...layer('context.0', 4, channels, 3, 3),
  ...layer('context.2', 4, 4, 1, 1),
  ...layer('context.4', out, 4, 1, 1),
];

function decoder(hasContext: boolean): NoiseTensor[] {
  const widths = [8, 4, 4];
  return [
    ...(hasContext ? context(32, 8) : []),
    ...layer('conv_in', 8, 32, 3, 3),
    ...widths.flatMap((width, s) => [
      ...residual(`stages.${s}.blocks.0`, width),
      ...layer(`stages.${s}.up`, 4 * (widths[s + 1] ?? 3), width, 3, 3),
    ]),
  ];
}

function encoder(hasContext: boolean): NoiseTensor[] {
  return [
    ...(hasContext ? pool('stages.1.blocks.0.pool') : []),
    ...layer('conv_in', 4, 3, 8, 8),
    ...residual('stages.0.blocks.0', 4),
    ...layer('stages.0.down', 8, 4, 3, 3),
    ...residual('stages.1.blocks.0', 8),
    ...layer('conv_out', 32, 8, 3, 3),
  ];
}

/** LUA's shape; over RGB with 3 channels. */
function upscaler(channels = 32): NoiseTensor[] {
  const [embed, heads, window] = [8, 2, 4];
  const block = (name: string): NoiseTensor[] => [
    ...norm(`${name}.norm1`, embed),
    {
      name: `${name}.attn.relative_position_bias_table`,
      shape: [(2 * window - 1) ** 2, heads],
      scale: 0.1,
      offset: 0,
    },
    ...layer(`${name}.attn.qkv`, 3 * embed, embed),
    ...layer(`${name}.attn.proj`, embed, embed),
    ...norm(`${name}.norm2`, embed),
    ...layer(`${name}.mlp.fc1`, 2 * embed, embed),
    ...layer(`${name}.mlp.fc2`, embed, 2 * embed),
  ];
  return [
    ...layer('conv_first', embed, channels, 3, 3),
    ...norm('patch_embed.norm', embed),
    ...block('layers.0.residual_group.blocks.0'),
    ...block('layers.0.residual_group.blocks.1'),
    ...layer('layers.0.conv', embed, embed, 3, 3),
    ...norm('norm', embed),
    ...layer('conv_after_body', embed, embed, 3, 3),
    ...[2, 4].flatMap((scale) => [
      ...layer(`heads.x${scale}.conv_before.0`, 8, embed, 3, 3),
      ...layer(`heads.x${scale}.upsample.0`, 32, 8, 3, 3),
      ...(scale === 4 ? layer('heads.x4.upsample.2', 32, 8, 3, 3) : []),
      ...layer(`heads.x${scale}.refine.conv_in`, 12, 8 + channels, 3, 3),
      ...[0, 1].flatMap((i) => [
        ...layer(`heads.x${scale}.refine.blocks.${i}.conv1`, 12, 12, 3, 3),
        ...layer(`heads.x${scale}.refine.blocks.${i}.conv2`, 12, 12, 3, 3),
      ]),
      ...layer(`heads.x${scale}.refine.conv_out`, channels, 12, 3, 3),
      ...layer(`heads.x${scale}.conv_last`, channels, 8, 3, 3),
    ]),
  ];
}

const bytesOf = (tensors: NoiseTensor[]): Uint8Array<ArrayBuffer> =>
  writeSafetensors([...syntheticState(tensors).values()]);

/** An upscaler of pictures, which no release has: people bring theirs. Its picture depends on what it gets as much as that of a trained one. */
export function tinyPixelUpscaler(): Uint8Array<ArrayBuffer> {
  const isLoud = ({ shape }: NoiseTensor): boolean => shape.length === 4;
  return bytesOf(upscaler(3).map((one) => (isLoud(one) ? { ...one, scale: 4 * one.scale } : one)));
}

const entry = (role: ModelEntry['role'], architecture: string, sizeBytes: number): ModelEntry => ({
  id: `tiny-${role}`,
  family: 'flux2',
  role,
  architecture,
  file: `${role}.safetensors`,
  sizeBytes,
  sha256: role,
  precision: 'f32',
  space: 'model',
  licence: 'Apache-2.0',
  provenance: 'noise',
  quality: {},
});

/**
 * A release of toys: a manifest (its hashes are names, not hashes) and the bytes of its files. With `hasContext` the
 * decoder sees the whole picture through a context vector, the encoder through a pool.
 */
export function tinyRelease(hasContext = false): {
  readonly manifest: ModelManifest;
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
} {
  const files = new Map([
    ['decoder.safetensors', bytesOf(decoder(hasContext))],
    ['encoder.safetensors', bytesOf(encoder(hasContext))],
    ['upscaler.safetensors', bytesOf(upscaler())],
    // Answers of another decoder: none is known of these.
    ['selftest.safetensors', bytesOf([{ name: 'another.latent', shape: [1, 4, 8, 8], scale: 1, offset: 0 }])],
  ]);
  const size = (file: string): number => files.get(file)?.length ?? 0;
  const manifest: ModelManifest = {
    version: 1,
    models: [
      entry('decoder', 'latentlift-decoder', size('decoder.safetensors')),
      entry('encoder', 'latentlift-encoder', size('encoder.safetensors')),
      { ...entry('upscaler', 'swinir', size('upscaler.safetensors')), scales: [2, 4] },
    ],
    selfTest: { file: 'selftest.safetensors', sizeBytes: 1, sha256: 'selftest' },
  };
  return { manifest, files };
}
