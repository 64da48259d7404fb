// npx tsx bench/graph-webgpu.ts [--software | --firefox] [--staged] [NAME]: every golden network on the WebGPU provider of a real Chromium, with CPU
// fallback forbidden, against PyTorch's output: f32, and f16 where the adapter has shader-f16. --software takes SwiftShader
// (no f16; ten to twenty seconds a network), --firefox Firefox on lavapipe, which has f16 (npm run parity:f16; f16 alone). Exits with
// 1 if a network fails or strays. --staged runs SesquiLSR in stages of tiles instead, by the engine's own pipeline, against one piece
// on the CPU.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { missingFirefox, openFirefox } from '../e2e/engine/firefox-browser.ts';
import { findChromium } from '../scripts/find-chromium.mjs';
import { toFloat32 } from '../src/core/container/to-float32.ts';
import { type BuiltGraph, buildGraph } from '../src/core/graph/index.ts';
import { readGolden } from '../src/core/networks/golden.ts';
import { recogniseModel } from '../src/core/networks/recognise.ts';
import type { Ort } from '../workers/ort/ort-module.ts';
import { buildStagedPage, checkStaged } from './staged/check.ts';
import type { StagedJob, StagedResult } from './staged/job.ts';

/** Largest error; in f16 as a share of the largest value, since 11 bits are relative (a decoder's values reach 13). */
const LIMITS = { f32: 2e-4, f16: 0.02 } as const;
const runtime = fileURLToPath(new URL('../node_modules/onnxruntime-web/dist/', import.meta.url));
const goldens = fileURLToPath(new URL('../src/core/networks/fixtures/', import.meta.url));
const isSoftware = process.argv.includes('--software');
const isFirefox = process.argv.includes('--firefox');
const isStaged = process.argv.includes('--staged');
const wanted = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? '';

const stagedPage = isStaged ? await buildStagedPage() : new Map<string, string>();

const server = createServer((request, response) => {
  const name = basename(request.url ?? '');
  const own = stagedPage.get(name);
  if (own !== undefined) {
    response.setHeader('content-type', 'text/javascript');
    response.end(own);
    return;
  }
  const file = join(runtime, name);
  const isPage = !existsSync(file) || request.url === '/';
  const type = file.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
  response.setHeader('content-type', isPage ? 'text/html' : type);
  response.end(isPage ? '<title>graphs</title>' : readFileSync(file));
});

/** A page of either driver. */
interface GraphPage {
  evaluate<Argument, Result>(
    work: (argument: Argument) => Result | Promise<Result>,
    argument: Argument,
  ): Promise<Result>;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The network's output, computed in the page. */
async function runInPage(page: GraphPage, graph: BuiltGraph, input: Float32Array): Promise<Float32Array> {
  const answer = await page.evaluate(
    async ({ module, model, data, dims, names }) => {
      const ort = (await import(module)) as typeof import('onnxruntime-web/webgpu');
      const bytesOf = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      ort.env.wasm.numThreads = 1;
      const session = await ort.InferenceSession.create(bytesOf(model), {
        executionProviders: [{ name: 'webgpu', preferredLayout: 'NHWC' }],
        extra: { session: { disable_cpu_ep_fallback: '1' } },
      });
      const feed = new ort.Tensor('float32', new Float32Array(bytesOf(data).buffer), dims);
      const output = (await session.run({ [names.input]: feed }))[names.output];
      const values = output ? ((await output.getData()) as Float32Array) : [];
      await session.release();
      return [...values];
    },
    {
      module: '/ort.webgpu.bundle.min.mjs',
      model: base64(graph.model),
      data: base64(new Uint8Array(input.slice().buffer)),
      dims: [...graph.input.dims],
      names: { input: graph.input.name, output: graph.output.name },
    },
  );
  return Float32Array.from(answer);
}

const runStagedIn = (page: GraphPage, golden: Uint8Array, job: StagedJob): Promise<StagedResult> =>
  page.evaluate(
    async ({ text, work }) => {
      const [ort, { runStaged }] = await Promise.all([
        import('/ort.webgpu.bundle.min.mjs' as string) as Promise<Ort>,
        import('/page.js' as string) as Promise<typeof import('./staged/page.ts')>,
      ]);
      return runStaged(
        ort,
        Uint8Array.from(atob(text), (c) => c.charCodeAt(0)),
        work,
      );
    },
    { text: base64(golden), work: job },
  );

async function checkFile(
  page: GraphPage,
  file: string,
  precisions: readonly ('f16' | 'f32')[],
): Promise<void> {
  const { names, state, tensor } = readGolden(new Uint8Array(readFileSync(join(goldens, file))));
  for (const description of recogniseModel(state)) {
    // A half of an autoencoder may be there for its shapes alone.
    if (!names.includes(`${description.role}.input`)) continue;
    for (const scale of description.scales.length > 0 ? description.scales : [null]) {
      for (const precision of precisions) {
        const input = tensor(`${description.role}.input`);
        const expected = toFloat32(tensor(`${description.role}.output${scale ? `.x${scale}` : ''}`));
        const [, stored = 0, height = 0, width = 0] = input.shape;
        const frames = description.role === 'decoder' ? stored / description.channels : 1;
        const size = {
          height,
          width,
          precision,
          frames,
          weights: 'inline' as const,
          ...(scale && { scale }),
        };
        const graph = buildGraph(description, state, size);
        const label = `${basename(file, '.safetensors')} ${description.role} ${scale ? `x${scale} ` : ''}${precision}`;
        if (precision === 'f16' && !description.halfSafe) {
          console.log(`none ${label}: the engine runs it in float32`);
          continue;
        }
        try {
          const actual = await runInPage(page, graph, toFloat32(input));
          const worst = expected.reduce(
            (most, value, i) => Math.max(most, Math.abs(value - (actual[i] ?? NaN))),
            0,
          );
          const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
          const isClose = worst <= LIMITS[precision] * (precision === 'f16' ? largest : 1);
          if (!isClose) process.exitCode = 1;
          console.log(
            `${isClose ? 'ok  ' : 'FAR '} ${label}: ${worst.toExponential(1)} of ${largest.toPrecision(3)}`,
          );
        } catch (error) {
          process.exitCode = 1;
          console.log(`FAIL ${label}: ${error instanceof Error ? error.message : error}`);
        }
      }
    }
  }
}

await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = server.address();
const port = typeof address === 'object' && address ? address.port : 0;

/** The browser at the address: its page, and how to end it. */
async function openPage(url: string): Promise<{ readonly page: GraphPage; close(): Promise<void> }> {
  // The compiler names functions through a helper that the page does not have.
  const helper = 'globalThis.__name = (f) => f';
  if (isFirefox) {
    const browser = await openFirefox(true);
    const page = await browser.newPage();
    await page.goto(url);
    await page.evaluate(helper);
    return { page: page as unknown as GraphPage, close: () => browser.close() };
  }
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    args: [
      '--enable-unsafe-webgpu',
      '--enable-features=Vulkan',
      '--ignore-gpu-blocklist',
      ...(isSoftware ? ['--use-webgpu-adapter=swiftshader'] : []),
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
  const page = await browser.newPage();
  await page.addInitScript(helper);
  await page.goto(url);
  return { page: page as unknown as GraphPage, close: () => browser.close() };
}

async function checkAll(page: GraphPage): Promise<void> {
  const adapter = await page.evaluate(async () => {
    const found = await navigator.gpu?.requestAdapter();
    return (
      found && {
        vendor: found.info.vendor,
        name: found.info.architecture,
        hasF16: found.features.has('shader-f16'),
      }
    );
  }, null);
  if (!adapter) {
    console.log('No WebGPU adapter here: nothing was checked (try --software).');
    return;
  }
  console.log(`${adapter.vendor} ${adapter.name}${adapter.hasF16 ? '' : ', no shader-f16: f32 only'}`);
  const precisions = !adapter.hasF16
    ? (['f32'] as const)
    : isFirefox
      ? (['f16'] as const)
      : (['f32', 'f16'] as const);
  if (isStaged) {
    if (!(await checkStaged(precisions, wanted, LIMITS, (golden, job) => runStagedIn(page, golden, job)))) {
      process.exitCode = 1;
    }
    return;
  }
  const files = readdirSync(goldens).filter((name) => name.includes(wanted));
  if (files.length === 0) {
    console.log(`No golden is called ${wanted}: nothing was checked.`);
    process.exitCode = 1;
  }
  for (const file of files) await checkFile(page, file, precisions);
}

if (isFirefox && missingFirefox !== null) {
  console.log(`Nothing was checked: ${missingFirefox}.`);
  server.close();
} else {
  const { page, close } = await openPage(`http://127.0.0.1:${port}/`);
  try {
    await checkAll(page);
  } finally {
    await close();
    server.close();
  }
}
