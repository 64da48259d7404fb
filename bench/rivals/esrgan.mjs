// UpscalerJS' ESRGAN models on TensorFlow.js, as their manual says, in a page of their own. Plain JavaScript: its packages are installed
// for the bench alone, and the project's type check must pass without them.
import * as tf from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import medium2 from '@upscalerjs/esrgan-medium/2x';
import slim2 from '@upscalerjs/esrgan-slim/2x';
import thick2 from '@upscalerjs/esrgan-thick/2x';
import Upscaler from 'upscaler';

const MODELS = { slim2, medium2, thick2 };
const base = new URL('./', location.href).href;
const upscalers = new Map();

/** A smooth picture of sines, uint8 [side, side, 3]. */
function picture(side) {
  const values = new Int32Array(side * side * 3).map((_, i) => 127 + 120 * Math.sin(i * 0.013));
  return tf.tensor3d(values, [side, side, 3], 'int32');
}

globalThis.rivals = {
  async open({ backend, threads }) {
    setWasmPaths(base);
    setThreadsCount(threads);
    await tf.setBackend(backend);
    await tf.ready();
    return { backend: tf.getBackend() };
  },
  /** One picture of `side` pixels, enlarged whole; the result's values are read, so the work is done when this ends. */
  async upscale({ kind, side, scale }) {
    const key = `${kind}${scale}`;
    if (!upscalers.has(key)) {
      const model = { ...MODELS[key], path: `${base}esrgan-${kind}/x${scale}/model.json` };
      upscalers.set(key, new Upscaler({ model }));
    }
    const input = picture(side);
    const start = performance.now();
    const output = await upscalers.get(key).upscale(input, { output: 'tensor' });
    await output.data();
    const wallMs = performance.now() - start;
    const shape = output.shape;
    output.dispose();
    input.dispose();
    return { wallMs, shape };
  },
};
