import { readLatentFile } from 'latentlift';
import { createEngine } from 'latentlift/engine';
import decoder from 'latentlift/models/flux2-decoder.safetensors?url';
import upscaler from 'latentlift/models/flux2-lua.safetensors?url';
import * as ort from 'onnxruntime-web/webgpu';
import { generate } from './fake-generator.js';

const adapter = await navigator.gpu.requestAdapter();
const device = await adapter.requestDevice({
  requiredFeatures: ['shader-f16'].filter((feature) => adapter.features.has(feature)),
  requiredLimits: {
    maxBufferSize: adapter.limits.maxBufferSize,
    maxStorageBufferBindingSize: adapter.limits.maxStorageBufferBindingSize,
    maxStorageBuffersPerShaderStage: adapter.limits.maxStorageBuffersPerShaderStage,
  },
});

const response = await fetch('./small.npy');
const { latent } = readLatentFile(new Uint8Array(await response.arrayBuffer()));
const buffer = await generate(device, latent.data);

// From here on nothing leaves the device: the buffer is read where it lies, and the picture is a texture.
const engine = await createEngine({ ort, device, models: { decoder, upscaler } });
const dims = [1, latent.channels, latent.height, latent.width];
await engine.paint(document.querySelector('#picture'), { buffer, dims, space: 'model' }, { scale: 2 });
document.title = 'done';
