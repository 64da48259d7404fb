'use client';

import 'latentlift/element';

/** Models and runtime lie in public/models and public/ort, copied from node_modules. */
export function LatentLift({ src, scale }) {
  return <latent-lift src={src} scale={scale} models="/models/" runtime="/ort/" backend="wasm" />;
}
