import { familyById } from '../families/index.ts';
import { describeChannels } from '../families/sentences.ts';
import type { Value } from '../graph/graph-builder.ts';
import type { Layers } from '../graph/layers.ts';
import { nearestDouble } from '../graph/layout-ops.ts';
import type { Emit } from '../graph/model-description.ts';
import { cast, relu, toBody } from '../graph/ops.ts';
import { convInSums } from '../graph/partial-sums.ts';
import type { StateView } from '../weights/state-view.ts';
import type { Network, NotIt } from './network.ts';

const CHANNELS = 4;
const SCALE = 2;
/** Channels whose products half precision adds up at once. All 64 are 2.2 % off after eighteen layers. */
const SUMMED = 32;
/** Files of each have the same shapes, and their names tell. */
const families = [familyById('sdxl'), familyById('sd1')];

interface Convolution {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

/** Its convolutions in order, or a clause on why the numbers of its layers are another network's. */
function readConvolutions(view: StateView): readonly Convolution[] | NotIt {
  const numbers = [...view.names()]
    .flatMap((name) => /^sequential\.(\d+)\.weight$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((p, q) => p - q);
  const layers = numbers.map((number): Convolution => {
    const name = `sequential.${number}`;
    const [to = 0, from = 0, size = 0] = view.dims(`${name}.weight`);
    return { name, from, to, size };
  });
  const [first, last] = [layers[0], layers.at(-1)];
  // A ReLU, the doubling and another ReLU stand behind the first, one ReLU behind each of the others.
  const isRight = numbers.length >= 2 && numbers.every((number, i) => number === (i === 0 ? 0 : 2 * i + 2));
  if (!isRight) return 'its layers are not numbered 0, 4, 6, 8 and so on';
  if (first?.from !== CHANNELS || last?.to !== CHANNELS) {
    return `it takes ${first?.from} channels and gives ${last?.to}; known are those for the ${CHANNELS} of SDXL and SD 1.x`;
  }
  if (layers.some(({ size }) => size % 2 !== 1)) return 'a kernel of it has no middle';
  return layers;
}

const convolve = (layers: Layers, { name, from, to, size }: Convolution, x: Value): Value =>
  convInSums(
    layers,
    x,
    layers.require(`${name}.weight`, [to, from, size, size]),
    layers.require(`${name}.bias`, [to]),
    { most: SUMMED },
  );

const emitter =
  ([first, second, ...others]: readonly Convolution[]): Emit =>
  (layers, { height, width }) => {
    if (first === undefined || second === undefined) throw new RangeError('read without two convolutions');
    const latent = toBody(layers, layers.input('latent', [1, CHANNELS, height, width]));
    const low = relu(layers, convolve(layers, first, latent));
    const high =
      second.size === 3
        ? layers.doubledConv(second.name, low, second.to)
        : convolve(layers, second, nearestDouble(layers, low));
    return cast(
      layers,
      others.reduce((x, layer) => convolve(layers, layer, relu(layers, x)), high),
      'f32',
    );
  };

/** In latent cells; nothing in it sees further. */
const reachOf = ([first, ...others]: readonly Convolution[]): number =>
  ((first?.size ?? 1) >> 1) + Math.ceil(others.reduce((sum, { size }) => sum + (size >> 1), 0) / SCALE);

/**
 * SD-Latent-Upscaler (github.com/city96/SD-Latent-Upscaler, latent-upscaler-v*_SD*-x2.0.safetensors): raw latent of SDXL or SD 1.x to one of
 * twice the side. Files for x1.25 and x1.5 have the same shapes and differ in their names alone.
 */
export const sdLatentUpscaler = {
  id: 'sd-latent-upscaler',
  title: `SD-Latent-Upscaler (${families.map(({ shortTitle }) => shortTitle).join(', ')})`,
  kinds: [
    {
      role: 'upscaler',
      label: 'an SD-Latent-Upscaler',
      marker: /^(.*\.)?sequential\.4\.weight$/,
      owns: (name) => /^sequential\.\d+\./.test(name),
      read(view) {
        const convolutions = readConvolutions(view);
        if (typeof convolutions === 'string') return convolutions;
        return {
          sizes: {
            title: `SD-Latent-Upscaler, x${SCALE}, ${describeChannels(CHANNELS, families)}`,
            families: families.map(({ id }) => id),
            space: 'raw',
            channels: CHANNELS,
            pixelsPerCell: 8,
            scales: [SCALE],
            pixelRange: 'unit',
          },
          capabilities: { radius: { exact: true, cells: reachOf(convolutions) } },
          emit: emitter(convolutions),
        };
      },
    },
  ],
} as const satisfies Network;
