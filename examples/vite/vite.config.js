import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  worker: { format: 'es' },
  // In development Vite moves dependencies, and workers and .wasm files would stay behind.
  optimizeDeps: { exclude: ['latentlift', 'onnxruntime-web'] },
});
