import { readFile, writeFile } from 'node:fs/promises';
import { createNodeEngine, readLatentFile, writePng } from 'latentlift/node';

const engine = await createNodeEngine();
const { latent } = readLatentFile(await readFile('latent.npy'));
await writeFile('picture.png', writePng(await engine.toPixels(latent, { scale: 2 })));
await engine.dispose();
