import { readGolden } from '../../src/core/networks/golden.ts';
import { NETWORKS } from '../../src/core/networks/index.ts';
import { openDevice } from '../../workers/gpu/device.ts';
import { createGpuCompute } from '../../workers/gpu/gpu-compute.ts';
import type { Ort } from '../../workers/ort/ort-module.ts';
import { createWebgpuSessions } from '../../workers/ort/webgpu-sessions.ts';
import { startCall } from '../../workers/pipeline/call.ts';
import { modelOf } from '../../workers/pipeline/model.ts';
import { createNetworkCache } from '../../workers/pipeline/network-cache.ts';
import { upscaleLatent } from '../../workers/pipeline/pipeline.ts';
import { planStages, runStages } from '../../workers/pipeline/staged-run.ts';
import { type StagedJob, type StagedResult, testLatent } from './job.ts';

/** A golden's upscaler over its latent on this page's GPU, by the engine's own pipeline. */
export async function runStaged(ort: Ort, golden: Uint8Array, job: StagedJob): Promise<StagedResult> {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  const { state } = readGolden(golden);
  const upscaler = modelOf(
    { id: job.golden, file: job.golden, role: 'upscaler', key: job.golden },
    state,
    NETWORKS,
  );
  const opened = await openDevice();
  const { pace: _, ...full } = createGpuCompute(createWebgpuSessions(ort, opened.device), opened, {
    memoryShare: 1,
  });
  const compute = { ...full, ...(job.tileCells !== null && { maxTileCells: job.tileCells }) };
  const device = { compute, networks: createNetworkCache(compute, job.precision), precision: job.precision };
  let tiles = 0;
  const call = startCall(new AbortController().signal, (step) => {
    if (step.kind === 'upscale') tiles = step.tiles;
  });
  try {
    const latent = testLatent(upscaler.description, job);
    if (job.tileCells === null) {
      const { data } = await upscaleLatent(device, { upscaler }, { latent, scale: 2, method: 'lua' }, call);
      return { data: [...data], tiles, stages: 1 };
    }
    const stages = planStages(device, upscaler, job);
    if (stages === null) throw new Error(`${job.golden} has no stages here.`);
    const tensor = await runStages(device, stages, call.own(compute.upload(latent)), call);
    return { data: [...(await compute.download(tensor)).data], tiles, stages: stages.length };
  } finally {
    call.end();
    await device.networks.keepOnly([]);
    await compute.dispose();
  }
}
