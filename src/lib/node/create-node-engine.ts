import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEngine } from '../../../workers/direct/create-engine.ts';
import type { CpuEngine, EngineOptions, ModelSource } from '../../../workers/direct/engine-types.ts';
import type { Ort } from '../../../workers/ort/ort-module.ts';
import { type Grade, modelFor, parseManifest } from '../../contract/model-manifest.ts';
import { AppError } from '../../core/errors.ts';
import { ROLES, type Role } from '../../core/role.ts';

/** `native`: onnxruntime-node. `wasm`: onnxruntime-web. `auto`: the first where it is installed. */
export type NodeRuntime = 'auto' | 'native' | 'wasm';

export interface NodeEngineOptions
  extends Omit<EngineOptions, 'ort' | 'device' | 'models' | 'fetch' | 'precision'> {
  readonly runtime?: NodeRuntime;
  /** Which of the packaged models to load, by role; all that are there where absent. */
  readonly roles?: readonly Role[];
  /** Weights by role, as paths, file: addresses or bytes, in place of packaged ones. */
  readonly models?: Readonly<Partial<Record<Role, ModelSource>>>;
}

/** In the package models lie beside dist; in the repository under public. */
export function modelsFolder(): string {
  const places = ['../models/', '../../../public/models/'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const found = places.find((path) => existsSync(join(path, 'manifest.json')));
  if (found === undefined) {
    throw new AppError(
      'model/fetch',
      `The packaged models are not at ${places[0]}. Install latentlift again.`,
    );
  }
  return found;
}

async function loadRuntime(wanted: NodeRuntime): Promise<{ readonly ort: Ort; readonly name: string }> {
  if (wanted !== 'wasm') {
    try {
      const native = 'onnxruntime-node';
      const module = (await import(native)) as { default?: Ort } & Ort;
      return { ort: module.InferenceSession === undefined ? (module.default as Ort) : module, name: native };
    } catch (cause) {
      if (wanted === 'native') {
        throw new AppError(
          'engine/build',
          'onnxruntime-node was asked for and is not installed: npm install onnxruntime-node.',
          { cause },
        );
      }
    }
  }
  try {
    const ort = await import('onnxruntime-web/wasm');
    // The web build cannot start threads of its own in Node.
    ort.env.wasm.numThreads = 1;
    return { ort, name: 'onnxruntime-web' };
  } catch (cause) {
    throw new AppError(
      'engine/build',
      'Neither onnxruntime-node nor onnxruntime-web is installed: npm install onnxruntime-web.',
      { cause },
    );
  }
}

async function bytesOf(source: ModelSource): Promise<Uint8Array<ArrayBuffer> | ArrayBuffer> {
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) return source;
  if (/^https?:/.test(String(source))) return (await fetch(source)).arrayBuffer();
  return new Uint8Array(await readFile(source));
}

/** The packaged weights of a role. */
async function packaged(role: Role, grade: Grade): Promise<ModelSource | null> {
  const folder = modelsFolder();
  const manifest = parseManifest(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')));
  const entry = modelFor(manifest, role, { grade });
  return entry === undefined ? null : join(folder, entry.file);
}

/**
 * An engine on the CPU of this machine, with the packaged models where none are named. Throws engine/build, model/*, file/*.
 *
 * @example
 * ```ts
 * import { readFile, writeFile } from 'node:fs/promises';
 * import { createNodeEngine, readLatentFile, writeLatent } from 'latentlift/node';
 *
 * const engine = await createNodeEngine({ roles: ['upscaler'] });
 * const { latent } = readLatentFile(await readFile('latent.safetensors'), { fileName: 'latent.safetensors' });
 * const { data, dims } = await engine.upscale(latent, { scale: 2 });
 * const [, , height = 0, width = 0] = dims;
 * const { bytes } = writeLatent(
 *   { ...latent, data, height, width },
 *   { container: 'safetensors', dtype: 'F16', space: latent.space, axes: 'bchw', isPatched: false, tensor: 'latent', metadata: {} },
 * );
 * await writeFile('latent-x2.safetensors', bytes);
 * await engine.dispose();
 * ```
 */
export async function createNodeEngine(
  options: NodeEngineOptions = {},
): Promise<CpuEngine & { readonly runtime: string }> {
  const { runtime = 'auto', roles = ROLES, models = {}, grade = 'fast', ...rest } = options;
  const sources = await Promise.all(
    ROLES.map(async (role) => {
      const source = models[role] ?? (roles.includes(role) ? await packaged(role, grade) : null);
      return source === null ? [] : [[role, await bytesOf(source)] as const];
    }),
  );
  const { ort, name } = await loadRuntime(runtime);
  const engine = await createEngine({
    ...rest,
    ort,
    device: null,
    models: Object.fromEntries(sources.flat()),
  });
  return { ...engine, runtime: name };
}
