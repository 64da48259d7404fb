import * as ort from 'onnxruntime-web/webgpu';
import { expect, test } from 'vitest';
import { createWebgpuRuntime } from '../workers/ort/webgpu-runtime.ts';
import { countNetwork, readRuntime } from './count-work.ts';
import { openCountingDevice } from './counting-device.ts';

/**
 * What the networks ask of a GPU in half precision for 64x64 cells: the decoder's 512 px, LUA's x2. Counted at the device, the same each
 * time: whoever changes a graph sees here what it costs. Less is a gain, and the figures here follow; more needs a reason.
 */
const HELD = {
  'flux2-decoder': { dispatches: 42, movedMb: 163, peakMb: 30 },
  'flux2-lua': { scale: 2, dispatches: 256, movedMb: 1049, peakMb: 46 },
} as const;

test('a network asks no more of a GPU than it did', async () => {
  const counting = openCountingDevice(['shader-f16']);
  const runtime = createWebgpuRuntime({
    ort,
    wasmBinary: readRuntime(),
    device: counting.device,
  });
  for (const name of ['flux2-decoder', 'flux2-lua'] as const) {
    const held: { scale?: 2; dispatches: number; movedMb: number; peakMb: number } = HELD[name];
    const { scale } = held;
    const request = { name, side: 64, precision: 'f16', ...(scale && { scale }) } as const;
    const { warm } = await countNetwork(runtime, counting, request);
    console.log(
      `${name} x${scale ?? 1}: ${warm.dispatches} dispatches, ${Math.round(warm.movedBytes / 1e6)} MB moved, ${Math.round(warm.peakBytes / 1e6)} MB at most, ${(warm.multiplyAdds / 1e9).toFixed(1)} GMAC`,
    );
    expect(warm.dispatches, `${name}: dispatches`).toBeLessThanOrEqual(held.dispatches);
    expect(warm.movedBytes / 1e6, `${name}: MB moved`).toBeLessThanOrEqual(held.movedMb);
    expect(warm.peakBytes / 1e6, `${name}: MB at most`).toBeLessThanOrEqual(held.peakMb);
    // A warm run makes no shader, uploads no weights, and copies nothing to and fro.
    expect(warm).toMatchObject({ pipelines: 0, uploadedBytes: 0, copiedBytes: 0 });
  }
});
