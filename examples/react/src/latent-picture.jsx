import { createEngine } from 'latentlift/engine';
import decoder from 'latentlift/models/flux2-decoder.safetensors?url';
import upscaler from 'latentlift/models/flux2-lua.safetensors?url';
import * as ort from 'onnxruntime-web/wasm';
import { useEffect, useRef, useState } from 'react';

/** One engine for the whole page, made at its first use. */
let engine = null;
function sharedEngine() {
  ort.env.wasm.numThreads = 1;
  engine ??= createEngine({ ort, models: { decoder, upscaler } });
  return engine;
}

/** A latent as a picture; a change of its props cancels what is under way. */
export function LatentPicture({ latent, scale = 2, onDone }) {
  const canvas = useRef(null);
  const [error, setError] = useState(null);
  useEffect(() => {
    const work = new AbortController();
    sharedEngine()
      .then((ready) => ready.paint(canvas.current, latent, { scale, signal: work.signal }))
      .then(onDone)
      .catch((problem) => work.signal.aborted || setError(problem.message));
    return () => work.abort();
  }, [latent, scale, onDone]);
  return error === null ? <canvas id="picture" ref={canvas} /> : <p role="alert">{error}</p>;
}
