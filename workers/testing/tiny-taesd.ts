import { writeSafetensors } from '../../src/core/container/write-safetensors.ts';
import { type NoiseTensor, syntheticState } from '../../src/core/weights/synthetic.ts';

interface TaesdSizes {
  readonly channels: number;
  readonly width: number;
  /** TAEF2's blocks at latent resolution. */
  readonly isPooled: boolean;
}

/** Weights of noise that keep the spread of what they are given, so that a decoder makes a picture of some contrast. */
const conv = (name: string, to: number, from: number, side: number, hasBias: boolean): NoiseTensor[] => [
  {
    name: `${name}.weight`,
    shape: [to, from, side, side],
    scale: Math.sqrt(2 / (from * side * side)),
    offset: 0,
  },
  ...(hasBias ? [{ name: `${name}.bias`, shape: [to], scale: 0.05, offset: 0.02 }] : []),
];

const block = (name: string, width: number, isPooled: boolean): NoiseTensor[] => [
  ...[0, 2, 4].flatMap((i) => conv(`${name}.conv.${i}`, width, width, 3, true)),
  ...(isPooled
    ? [
        ...conv(`${name}.pool.0`, 4 * width, width, 1, false),
        { name: `${name}.pool.1.weight`, shape: [4 * width], scale: 0.1, offset: 1 },
        { name: `${name}.pool.1.bias`, shape: [4 * width], scale: 0.1, offset: 0 },
        ...conv(`${name}.pool.3`, width, 4 * width, 1, false),
      ]
    : []),
];

/** A TAESD-type decoder under the names of its makers' files (indices of one Sequential), as a safetensors file. */
export function taesdDecoderBytes({ channels, width, isPooled }: TaesdSizes): Uint8Array<ArrayBuffer> {
  const tensors: NoiseTensor[] = [...conv('1', width, channels, 3, true)];
  let index = 3;
  for (const blocks of [3, 3, 3]) {
    for (let k = 0; k < blocks; k += 1, index += 1) {
      tensors.push(...block(`${index}`, width, isPooled && index < 6));
    }
    // An upsampling without weights stands before each convolution without bias.
    tensors.push(...conv(`${index + 1}`, width, width, 3, false));
    index += 2;
  }
  tensors.push(...block(`${index}`, width, false), ...conv(`${index + 1}`, 3, width, 3, true));
  return writeSafetensors([...syntheticState(tensors).values()]);
}
