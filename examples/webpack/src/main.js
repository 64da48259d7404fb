import { createEngineClient, readLatentFile } from 'latentlift';

async function run() {
  const engine = createEngineClient({
    baseUrl: new URL('./', document.baseURI).href,
    spawn: () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }),
  });
  await engine.load({
    backend: 'wasm',
    precision: 'auto',
    models: { decoder: 'flux2-decoder', upscaler: 'flux2-lua' },
  });
  const response = await fetch('./latent.npy');
  const { latent } = readLatentFile(new Uint8Array(await response.arrayBuffer()));
  const { bitmap, width, height } = await engine.decode({ latent, scale: 2, method: 'lua' });
  const canvas = document.querySelector('#picture');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d').drawImage(bitmap, 0, 0);
  document.title = 'done';
}

run();
