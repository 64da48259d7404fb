import { exposeEngine } from '../../workers/expose-engine.ts';
import { givenRuntimes } from '../../workers/ort/given-runtimes.ts';
import type { Ort } from '../../workers/ort/ort-module.ts';
import type { Backend } from '../contract/engine.ts';
import { trustOwnScripts } from '../contract/trusted-scripts.ts';
import { AppError } from '../core/errors.ts';

/** Bare names, which a bundler or an import map resolves. */
const imports: Readonly<Record<Backend, () => Promise<Ort>>> = {
  webgpu: () => import('onnxruntime-web/webgpu'),
  wasm: () => import('onnxruntime-web/wasm'),
};

async function load(backend: Backend, folder: string | undefined): Promise<Ort> {
  try {
    if (folder === undefined) return await imports[backend]();
    const address = new URL(`ort.${backend}.bundle.min.mjs`, folder).href;
    return (await import(/* @vite-ignore */ /* webpackIgnore: true */ address)) as Ort;
  } catch (cause) {
    throw new AppError(
      'engine/build',
      `The runtime onnxruntime-web was not found (${cause instanceof Error ? cause.message : ''}). Install it beside latentlift and use a bundler, or say where its dist folder lies: runtimeUrl, or the attribute runtime.`,
      { cause },
    );
  }
}

/** Makes the worker it is called in the other end of the package's `createEngineClient`. */
export function start(): void {
  trustOwnScripts();
  exposeEngine(({ runtimeUrl }) => givenRuntimes((backend) => load(backend, runtimeUrl)));
}
