import { readLatentFile } from 'latentlift';
import { createRoot } from 'react-dom/client';
import { LatentPicture } from './latent-picture.jsx';

const response = await fetch('./latent.npy');
const { latent } = readLatentFile(new Uint8Array(await response.arrayBuffer()));
function finish() {
  document.title = 'done';
}
createRoot(document.querySelector('#root')).render(
  <LatentPicture latent={latent} scale={2} onDone={finish} />,
);
