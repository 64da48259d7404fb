import { writeNpy } from '../../core/container/write-npy.ts';
import { writeSafetensors } from '../../core/container/write-safetensors.ts';

/** Noise with unit variance, [count,32,height,width] float32. */
function noise(height: number, width: number, seed: number, count = 1): Uint8Array {
  const data = new Float32Array(count * 32 * height * width);
  let state = seed;
  for (let index = 0; index < data.length; index += 1) {
    state = (state * 1103515245 + 12345) % 2147483648;
    data[index] = (state / 2147483648 - 0.5) * 3.46;
  }
  return new Uint8Array(data.buffer);
}

/** A FLUX.2 latent file that says what it is, as this page writes them. */
export const latentBytes = (height: number, width: number, seed = 1): Uint8Array<ArrayBuffer> =>
  writeSafetensors(
    [{ name: 'latent', dtype: 'F32', shape: [1, 32, height, width], bytes: noise(height, width, seed) }],
    { family: 'flux2', space: 'model' },
  );

/** The same values in a file that leaves its reader guessing. */
export const doubtfulBytes = (height: number, width: number, seed = 1): Uint8Array<ArrayBuffer> =>
  writeNpy({ dtype: 'F32', shape: [1, 32, height, width], bytes: noise(height, width, seed) });

/** A batch of `count` FLUX.2 latents in one file. */
export const batchBytes = (count: number, height: number, width: number): Uint8Array<ArrayBuffer> =>
  writeSafetensors(
    [
      {
        name: 'latent',
        dtype: 'F32',
        shape: [count, 32, height, width],
        bytes: noise(height, width, 1, count),
      },
    ],
    { family: 'flux2', space: 'model' },
  );
