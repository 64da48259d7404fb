import { exposeEngine } from '../../workers/expose-engine.ts';
import { givenRuntimes } from '../../workers/ort/given-runtimes.ts';
import type { Ort } from '../../workers/ort/ort-module.ts';

/**
 * `latentlift/worker`: makes a worker of your own the other end of a `createEngineClient`. Your bundler then sees your worker and your
 * runtime, and nothing of ours has to be found. The runtime is used for the CPU too where there is no GPU.
 *
 * @example
 * ```ts
 * import * as ort from 'onnxruntime-web/webgpu';
 * import { expose } from 'latentlift/worker';
 *
 * expose({ ort });
 * ```
 */
export function expose(options: { readonly ort: Ort }): void {
  exposeEngine(() => givenRuntimes(async () => options.ort));
}

export type { Ort };
