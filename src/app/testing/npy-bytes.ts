import { writeNpy } from '../../core/container/write-npy.ts';

/** A FLUX.2 latent file [1,32,height,width] of smooth values with unit variance, as a diffusion pipeline saves it. */
export function npyBytes(height: number, width: number, seed = 1): Uint8Array<ArrayBuffer> {
  const data = new Float32Array(32 * height * width);
  let state = seed;
  for (let index = 0; index < data.length; index += 1) {
    state = (state * 1103515245 + 12345) % 2147483648;
    data[index] = (state / 2147483648 - 0.5) * 3.46;
  }
  const bytes = new Uint8Array(data.buffer);
  return writeNpy({ dtype: 'F32', shape: [1, 32, height, width], bytes });
}
