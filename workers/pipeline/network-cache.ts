import type { Precision } from '../../src/contract/engine.ts';
import { buildGraph, type GraphRequest } from '../../src/core/graph/index.ts';
import { type Call, timed } from './call.ts';
import type { Compute, Network, Tensor } from './compute.ts';
import type { Model } from './model.ts';

export type NetworkSize = Pick<GraphRequest, 'height' | 'width' | 'scale'>;

/** Networks already made, by model and size. */
export interface NetworkCache<T extends Tensor> {
  /** Runs `input` through `model`; makes the network first where there is none yet, which counts as `compileMs`. */
  run(model: Model, scale: number | null, input: T, call: Call): Promise<T>;
  /** Lets go of every network whose model is not among `models`. */
  keepOnly(models: readonly Model[]): Promise<void>;
  readonly size: number;
}

/**
 * A session costs memory for its weights, and on the GPU for cached buffers as well. One picture at 1x, 2x and 4x needs
 * six networks; the rest is room for a second size.
 */
const MAX_NETWORKS = 10;

/** The least recently used network goes when there are more than MAX_NETWORKS. Calls must not overlap. */
export function createNetworkCache<T extends Tensor>(
  compute: Compute<T>,
  precision: Precision,
): NetworkCache<T> {
  const networks = new Map<
    string,
    { readonly model: Model; readonly network: Network<T>; hasRun: boolean }
  >();

  async function ready(model: Model, size: NetworkSize, call: Call) {
    const { role, part, clip, stage } = model.description;
    const of = clip === undefined ? '' : ` ${clip.moment} of ${clip.frames}`;
    const key = `${model.key} ${role} ${part}${stage ?? ''} ${size.height}x${size.width} x${size.scale ?? 1}${of}`;
    const found = networks.get(key);
    if (found !== undefined) {
      // A Map keeps the order of insertion: to put it in again makes it the youngest.
      networks.delete(key);
      networks.set(key, found);
      return found;
    }
    call.isCold = true;
    call.report({ kind: 'compile', file: model.file });
    const network = await timed(call, 'compileMs', compute, () =>
      compute.createNetwork(buildGraph(model.description, model.state, { ...size, precision })),
    );
    call.tellAgain();
    const made = { model, network, hasRun: false };
    networks.set(key, made);
    for (const [oldKey, old] of networks) {
      if (networks.size <= MAX_NETWORKS) break;
      networks.delete(oldKey);
      await old.network.dispose();
    }
    return made;
  }

  return {
    async run(model, scale, input, call) {
      const { height, width } = input;
      const entry = await ready(model, { height, width, ...(scale !== null && { scale }) }, call);
      if (!entry.hasRun) call.isCold = true;
      const output = await entry.network.run(input);
      entry.hasRun = true;
      return output;
    },
    async keepOnly(models) {
      const keys = new Set(models.map((model) => model.key));
      for (const [key, { model, network }] of networks) {
        if (keys.has(model.key)) continue;
        networks.delete(key);
        await network.dispose();
      }
    },
    get size() {
      return networks.size;
    },
  };
}
