import { createEngineClient } from '../../src/client/create-engine-client.ts';
import type { Backend, LoadReport, Precision, Scale, Timings } from '../../src/contract/engine.ts';
import type { Method } from '../../src/contract/methods.ts';
import type { FamilyId } from '../../src/core/families/index.ts';
import type { Role } from '../../src/core/role.ts';
import { noise } from '../../src/core/weights/synthetic.ts';
import type { GraphRun, GraphTask } from './graph.worker.ts';

/** Which networks a page has: ids of the manifest, or files to be taken into the weights library first. */
export interface EnginePlan {
  readonly backend: Backend;
  readonly precision: Precision | 'auto';
  readonly models: Readonly<Partial<Record<Role, { readonly id: string } | { readonly file: string }>>>;
}

/** One picture, as the page makes it. */
export interface EngineJob {
  readonly family: FamilyId;
  readonly channels: number;
  /** Side of the square latent, in cells. */
  readonly side: number;
  readonly scale: Scale;
  readonly method: Method;
}

/** What the page can be asked to do: plain data in and out. */
export interface BenchPage {
  /** Loads the plan; the report tells what was taken. */
  open(plan: EnginePlan): Promise<LoadReport>;
  /** One picture through the engine; timings are the engine's own, `wallMs` is what the page waited. */
  decode(
    job: EngineJob,
  ): Promise<{ readonly timings: Timings; readonly tiles: number; readonly wallMs: number }>;
  /** One graph on the bare runtime, without our pipeline. */
  runGraph(task: GraphTask): Promise<GraphRun>;
}

declare global {
  interface Window {
    bench: BenchPage;
  }
}

const baseUrl = new URL('./', location.href).href;
const client = createEngineClient({ baseUrl });

async function idOf(source: { readonly id: string } | { readonly file: string }): Promise<string> {
  if ('id' in source) return source.id;
  const file = await (await fetch(new URL(source.file, baseUrl))).blob();
  return (await client.importWeights({ kind: 'file', file, name: source.file, address: null })).id;
}

let graphWorker: Worker | null = null;

function runGraph(task: GraphTask): Promise<GraphRun> {
  graphWorker ??= new Worker(new URL('./graph.worker.ts', import.meta.url), { type: 'module' });
  const worker = graphWorker;
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<GraphRun | { readonly error: string }>) => {
      if ('error' in data) reject(new Error(data.error));
      else resolve(data);
    };
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage({ ...task, url: new URL(task.url, baseUrl).href });
  });
}

const inputs = new Map<string, Float32Array>();

function inputOf(channels: number, side: number): Float32Array {
  const key = `${channels} ${side}`;
  const data = inputs.get(key) ?? noise('bench', channels * side * side, 1.5, 0);
  inputs.set(key, data);
  return data;
}

window.bench = {
  runGraph,
  async open({ backend, precision, models }) {
    const ids: Partial<Record<Role, string>> = {};
    for (const [role, source] of Object.entries(models)) ids[role as Role] = await idOf(source);
    return client.load({ backend, precision, models: ids });
  },
  async decode({ family, channels, side, scale, method }) {
    const data = inputOf(channels, side);
    const start = performance.now();
    const { bitmap, timings, tiles } = await client.decode({
      latent: { data, channels, height: side, width: side, family, space: 'model' },
      scale,
      method,
    });
    const wallMs = performance.now() - start;
    bitmap.close();
    return { timings, tiles, wallMs };
  },
};
