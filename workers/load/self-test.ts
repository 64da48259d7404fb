import { readSafetensors } from '../../src/core/container/safetensors.ts';
import type { FileTensor } from '../../src/core/container/tensor.ts';
import { toFloat32 } from '../../src/core/container/to-float32.ts';
import { AppError } from '../../src/core/errors.ts';
import { fromRgba, type Planes, wholeOf } from '../../src/core/pixels.ts';
import type { Pixels } from '../engine-deps.ts';
import { type Call, timed, trusted } from '../pipeline/call.ts';
import type { Tensor } from '../pipeline/compute.ts';
import type { Device } from '../pipeline/device.ts';
import type { Model } from '../pipeline/model.ts';

/**
 * How far a device may be off, largest difference in [0,1] colour. f32 sums in another order stay near 1e-5, so a 1/255 that a
 * viewer could see is already a fault; f16 keeps 11 bits over about 15 layers, and 5/255 in the worst pixel is its due.
 */
const TOLERANCE = { f32: 1 / 255, f16: 5 / 255 } as const;

/** A small latent, and what PyTorch made of it with a released decoder. */
export interface SelfTest {
  readonly latent: Planes;
  readonly decoded: Planes;
}

/**
 * What the manifest's self-test file stores for one of its decoders; null where it has nothing for that. Throws model/mismatch where
 * a tensor is misshapen or alone.
 */
export function openSelfTest(bytes: Uint8Array, decoder: string): SelfTest | null {
  const { tensors } = readSafetensors(bytes);
  if (![...tensors.keys()].some((name) => name.startsWith(`${decoder}.`))) return null;
  function planes(name: string): Planes {
    const tensor: FileTensor | undefined = tensors.get(name);
    const [batch, channels, height, width] = tensor?.shape ?? [];
    if (
      tensor === undefined ||
      batch !== 1 ||
      channels === undefined ||
      height === undefined ||
      width === undefined
    ) {
      throw new AppError(
        'model/mismatch',
        `The self-test file has no tensor "${name}" of shape [1, C, H, W]. Put the released file back.`,
      );
    }
    return { data: toFloat32(tensor), channels, height, width };
  }
  return { latent: planes(`${decoder}.latent`), decoded: planes(`${decoder}.decoded`) };
}

/** The largest difference, Infinity as soon as one value is no number. */
function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < a.length; i += 1) {
    const difference = Math.abs((a[i] as number) - (b[i] as number));
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}

/** The picture as the page gets to see it, through the device's own presentation: some browsers compute well and show nothing. */
async function presented<T extends Tensor>(
  { compute }: Device<T>,
  output: T,
  readPixels: (picture: ImageBitmap) => Pixels,
): Promise<Planes> {
  const surface = compute.createSurface(output.height, output.width);
  await surface.paint(output, wholeOf(output), 'unit', { y: 0, x: 0 }, false);
  const bitmap = surface.finish();
  const { rgba, height, width } = readPixels(bitmap);
  bitmap.close();
  return fromRgba(rgba, height, width);
}

const clamped = ({ data }: Planes): Float32Array => data.map((value) => Math.min(1, Math.max(0, value)));

/** Null when the device computes and shows as it should, else what came out, as a part of a sentence. */
export async function runSelfTest<T extends Tensor>(
  device: Device<T>,
  decoder: Model,
  { latent, decoded }: SelfTest,
  readPixels: (picture: ImageBitmap) => Pixels,
  call: Call,
): Promise<string | null> {
  const { compute, networks, precision } = device;
  const input = call.own(compute.upload(latent));
  const output = call.own(
    await timed(call, 'decodeMs', compute, () => networks.run(decoder, null, input, call)),
  );
  const { data } = await trusted(call, compute, () => compute.download(output));
  const difference = largestDifference(data, decoded.data);
  if (!Number.isFinite(difference)) {
    return `a test picture came out with values that are no numbers in ${precision}`;
  }
  if (difference > TOLERANCE[precision]) {
    return `a test picture came out ${Math.round(difference * 255)}/255 off in ${precision}`;
  }
  const shown = await timed(call, 'presentMs', compute, () => presented(device, output, readPixels));
  // The device's own values clamped, then a rounding to 8 bits.
  if (largestDifference(clamped({ ...decoded, data }), shown.data) > 1 / 255) {
    return 'a test picture was not shown';
  }
  return null;
}
