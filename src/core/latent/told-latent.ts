import { halvesToFloat32 } from '../container/small-float.ts';
import { familyById, patchingFor } from '../families/index.ts';
import type { OpenedLatent } from '../open-file.ts';
import { areCommonSides } from './common-sides.ts';
import { alternativesTo, type FamilySpace } from './family-space.ts';
import { measure } from './statistics.ts';

/** NumPy's header of a C-ordered float16 array [1, C, H, W], as NumPy writes it behind magic, version and length (numpy.lib.format). */
const HEADER =
  /^.NUMPY.{4}\{'descr': '<f2', 'fortran_order': False, 'shape': \(1, (\d+), (\d+), (\d+)\), \} *\n/s;

/** The header ends within this many bytes. */
const HEADER_BYTES = 256;

/**
 * A latent of which everything is known beforehand: .npy, float16, [1, C, H, W] of the family `told.family`. It is read without what
 * guesses (src/core/latent/interpret.ts), and understood as the one door understands it. Null for any other file, and for values
 * that are not finite: those are for the door.
 */
export function readToldLatent(bytes: Uint8Array, told: FamilySpace): OpenedLatent | null {
  const head = HEADER.exec(String.fromCharCode(...bytes.subarray(0, HEADER_BYTES)));
  if (head === null) return null;
  const [channels = 0, height = 0, width = 0] = head.slice(1).map(Number);
  const values = bytes.subarray(head[0].length);
  if (channels !== familyById(told.family).channels || values.length !== 2 * channels * height * width) {
    return null;
  }
  const data = halvesToFloat32(values);
  const { means: _means, variances: _variances, ...statistics } = measure({ data, channels, height, width });
  if (statistics.nanCount + statistics.infCount > 0 || statistics.std === 0) return null;
  const shape = [1, channels, height, width];
  // What src/core/latent/plausible-layouts.ts comes to for such a shape.
  const isLastToo = patchingFor(width, familyById(told.family)) !== null && areCommonSides(channels, height);
  const tensor = { name: '', dtype: 'F16', shape, bytes: values } as const;
  return {
    kind: 'latent',
    file: { container: 'npy', title: 'NumPy .npy', tensors: new Map([[tensor.name, tensor]]), metadata: {} },
    latent: { data, channels, height, width, ...told },
    reading: {
      container: 'npy',
      containerTitle: 'NumPy .npy',
      producer: '',
      tensor: tensor.name,
      dtype: tensor.dtype,
      shape,
      layout: { axes: 'bchw', item: 0, frame: 0, packedWidth: null },
      isPatched: false,
      ...told,
      confidence: 'certain',
      reason: '',
      alternatives: alternativesTo(told, channels, []),
      statistics,
      warnings: [],
      items: 1,
      frames: 1,
      widths: [],
      otherAxes: isLastToo ? ['bhwc'] : [],
      tensors: [{ tensor: tensor.name, shape, dtype: tensor.dtype }],
    },
  };
}
