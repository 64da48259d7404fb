import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { Precision } from '../../src/contract/engine.ts';
import { readGolden } from '../../src/core/networks/golden.ts';
import { NETWORKS } from '../../src/core/networks/index.ts';
import { createCpuCompute } from '../../workers/cpu/cpu-compute.ts';
import { createWasmRuntime } from '../../workers/ort/wasm-runtime.ts';
import { startCall } from '../../workers/pipeline/call.ts';
import { modelOf } from '../../workers/pipeline/model.ts';
import { createNetworkCache } from '../../workers/pipeline/network-cache.ts';
import { upscaleLatent } from '../../workers/pipeline/pipeline.ts';
import { type StagedJob, type StagedResult, testLatent } from './job.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const goldens = fileURLToPath(new URL('../../src/core/networks/fixtures/', import.meta.url));

/** The toy, and the published shapes for SDXL: 20 stages. */
const CASES = [
  { golden: 'sesqui-small', height: 22, width: 17 },
  { golden: 'sesqui-4', height: 12, width: 16 },
] as const;
const TILE_CELLS = 12;

/** The page's part as modules by name; `page.js` exports `runStaged`. */
export async function buildStagedPage(): Promise<ReadonlyMap<string, string>> {
  const made = await build({
    configFile: false,
    logLevel: 'error',
    root: here,
    build: {
      target: 'es2023',
      write: false,
      minify: false,
      lib: { entry: `${here}page.ts`, formats: ['es'], fileName: () => 'page.js' },
    },
  });
  const chunks = [made].flat().flatMap((bundle) => ('output' in bundle ? bundle.output : []));
  return new Map(chunks.flatMap((chunk) => (chunk.type === 'chunk' ? [[chunk.fileName, chunk.code]] : [])));
}

/** The same on the CPU in one piece and in float32: what all others are held against. */
async function wholeOnCpu(bytes: Uint8Array, job: StagedJob): Promise<Float32Array> {
  const { golden } = job;
  const upscaler = modelOf(
    { id: golden, file: golden, role: 'upscaler', key: golden },
    readGolden(bytes).state,
    NETWORKS,
  );
  function createSurface(): never {
    throw new Error('no picture is drawn here');
  }
  const runtime = await createWasmRuntime({ wasmBinary: null, threads: 1 });
  const compute = createCpuCompute(runtime, { createSurface, memoryShare: 1 });
  const device = { compute, networks: createNetworkCache(compute, 'f32'), precision: 'f32' } as const;
  const call = startCall(new AbortController().signal, () => {});
  const latent = testLatent(upscaler.description, job);
  try {
    return (await upscaleLatent(device, { upscaler }, { latent, scale: 2, method: 'lua' }, call)).data;
  } finally {
    call.end();
    await device.networks.keepOnly([]);
  }
}

function errorOf(actual: ArrayLike<number>, expected: Float32Array): number {
  return expected.reduce((most, value, i) => Math.max(most, Math.abs(value - (actual[i] ?? Number.NaN))), 0);
}

/** One job on the page against `expected`; says what came of it, and gives whether that is right. */
async function checkJob(
  job: StagedJob,
  expected: Float32Array,
  limit: number,
  run: (job: StagedJob) => Promise<StagedResult>,
): Promise<boolean> {
  const { data, tiles, stages } = await run(job);
  const largest = errorOf(new Float32Array(expected.length), expected);
  const worst = errorOf(data, expected);
  const isCut = job.tileCells === null ? tiles === 1 : tiles >= 4 * stages;
  const isRight = isCut && worst <= limit * (job.precision === 'f16' ? largest : 1);
  console.log(
    `${isRight ? 'ok  ' : 'FAR '} ${job.golden} ${job.height}x${job.width} ${job.precision}, ${stages} stages, ${tiles} tiles: ${worst.toExponential(1)} of ${largest.toPrecision(3)}`,
  );
  return isRight;
}

/**
 * SesquiLSR in one piece, and in stages of four tiles and more, on the page's GPU against one piece on the CPU; `run` performs a job on
 * the page. Gives whether all are within `limits`, in f16 as a share of the largest value.
 */
export async function checkStaged(
  precisions: readonly Precision[],
  wanted: string,
  limits: Readonly<Record<Precision, number>>,
  run: (golden: Uint8Array, job: StagedJob) => Promise<StagedResult>,
): Promise<boolean> {
  let isRight = true;
  for (const one of CASES.filter(({ golden }) => golden.includes(wanted))) {
    const bytes = new Uint8Array(readFileSync(`${goldens}${one.golden}.safetensors`));
    const expected = await wholeOnCpu(bytes, { ...one, precision: 'f32', tileCells: null });
    for (const precision of precisions) {
      for (const tileCells of [null, TILE_CELLS]) {
        const job = { ...one, precision, tileCells };
        const isClose = await checkJob(job, expected, limits[precision], (work) => run(bytes, work));
        isRight &&= isClose;
      }
    }
  }
  return isRight;
}
