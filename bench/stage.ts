import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright';
import { type StaticServer, serveStatic } from '../e2e/engine/static-server.ts';
import type { Backend, LoadReport, Precision } from '../src/contract/engine.ts';
import { toFloat16 } from '../src/core/container/to-float16.ts';
import { toFloat32 } from '../src/core/container/to-float32.ts';
import { writeSafetensors } from '../src/core/container/write-safetensors.ts';
import { buildBenchPage, buildRivalsPage, RIVALS } from './build-page.ts';
import { type Contender, GROUPS, graphOf, latentSide, SYNTHETIC, unfitFor } from './contenders.ts';
import { type LimitGraph, type Limits, limitGraphs, limitsFrom } from './limits.ts';
import { Meter } from './meter.ts';
import type { GraphTask } from './page/graph.worker.ts';
import type { Cell, Sample } from './rounds.ts';
import { noisy } from './shapes.ts';

export interface Setting {
  readonly backend: Backend;
  readonly threads: number;
  readonly precision: Precision | 'auto';
}

export interface OpenReport {
  readonly load: LoadReport | null;
  readonly fetchedBytes: number;
}

const BINARY = 'application/octet-stream';

/** The synthetic weights as float16 files, as what is shipped has them. */
function syntheticFile(name: string): Uint8Array {
  const state = noisy(SYNTHETIC[name]?.() ?? []);
  return writeSafetensors(
    [...state.values()].map((tensor) => {
      const halves = toFloat16(toFloat32(tensor));
      return { ...tensor, dtype: 'F16' as const, bytes: new Uint8Array(halves.buffer) };
    }),
  );
}

/** Builds the rivals' page where their packages are, or can be, installed; else a sentence on why not. */
export async function prepareRivals(folder: string): Promise<string | null> {
  if (!existsSync(`${RIVALS}/node_modules/upscaler`)) {
    console.error(
      'Installing UpscalerJS and TensorFlow.js for the bench alone (300 MB, in bench/rivals) ...',
    );
    const args = ['install', '--prefix', RIVALS, '--no-package-lock', '--no-audit', '--no-fund'];
    const { status } = spawnSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) return 'UpscalerJS could not be installed (npm install in bench/rivals failed)';
  }
  await buildRivalsPage(folder);
  return null;
}

interface RivalsPage {
  open(setting: { backend: string; threads: number }): Promise<{ backend: string }>;
  upscale(job: { kind: string; side: number; scale: number }): Promise<{ wallMs: number }>;
}

declare global {
  interface Window {
    rivals: RivalsPage;
  }
}

/** The pages of one backend in one browser, opened when they are first needed. */
export class Stage {
  readonly #context: BrowserContext;
  readonly #server: StaticServer;
  readonly #meter: Meter;
  readonly #setting: Setting;
  readonly #pages = new Map<string, Promise<Page>>();
  readonly opened = new Map<string, OpenReport>();
  /** Why there is no page of the rivals. */
  readonly #noRivals: string | null;

  private constructor(parts: {
    context: BrowserContext;
    server: StaticServer;
    meter: Meter;
    setting: Setting;
    noRivals: string | null;
  }) {
    this.#context = parts.context;
    this.#server = parts.server;
    this.#meter = parts.meter;
    this.#setting = parts.setting;
    this.#noRivals = parts.noRivals;
  }

  /** Builds what is served; `setting.threads` beyond one needs the headers of an isolated page. */
  static async open(context: BrowserContext, setting: Setting, wantsRivals: boolean): Promise<Stage> {
    const folder = await buildBenchPage();
    const noRivals = wantsRivals ? await prepareRivals(folder) : 'left out';
    const server = await serveStatic(folder, setting.threads > 1);
    const meter = await Meter.of(context);
    return new Stage({ context, server, meter, setting, noRivals });
  }

  /** A cell for the rounds, or a sentence on why this contender is not run here. */
  cell(contender: Contender, pixels: number, halfSizeMs: number | null): Cell | string {
    const unfit = unfitFor(contender, this.#setting.backend);
    if (unfit !== null) return unfit;
    const side = latentSide(pixels, contender.scale);
    const shared = { id: contender.id, halfSizeMs };
    const pageOf = (name: string) => ({
      ...shared,
      abandon: async () => {
        const page = this.#pages.get(name);
        this.#pages.delete(name);
        await (await page)?.close({ runBeforeUnload: false });
      },
    });
    if (contender.kind === 'engine') {
      const group = GROUPS.find(({ id }) => id === contender.group);
      if (group === undefined) return `there is no group ${contender.group}`;
      const { family, channels } = group;
      const { scale, method } = contender;
      const job = { family, channels, side, scale, method } as const;
      return {
        ...pageOf(group.id),
        run: async (count) => {
          const page = await this.#engine(group.id);
          return this.#sample(count, () => page.evaluate((j) => window.bench.decode(j), job));
        },
      };
    }
    if (contender.kind === 'graph') {
      const found = graphOf(contender, pixels);
      if (typeof found === 'string') return found;
      const task = this.#serveGraph(`${contender.id} ${pixels}`, found.model, found.graph);
      return {
        ...pageOf('graphs'),
        run: async (count) => {
          const page = await this.#graphs();
          return this.#sample(count, async () => {
            const { createMs, runMs } = await page.evaluate((t) => window.bench.runGraph(t), task);
            return { wallMs: createMs + runMs, timings: { compileMs: createMs }, tiles: 1 };
          });
        },
      };
    }
    if (this.#noRivals !== null) return this.#noRivals;
    const job = { kind: contender.model, side: pixels / contender.scale, scale: contender.scale };
    return {
      ...pageOf('rivals'),
      run: async (count) => {
        const page = await this.#rivals();
        return this.#sample(count, () => page.evaluate((j) => window.rivals.upscale(j), job));
      },
    };
  }

  /** What the runtime does at best here, measured now. */
  async limits(isTiny: boolean): Promise<Limits> {
    const page = await this.#graphs();
    const rows: { graph: LimitGraph; ms: number }[] = [];
    for (const limit of limitGraphs(isTiny)) {
      const task = this.#serveGraph(limit.id, limit.graph.model, limit.graph);
      const run = () => page.evaluate((t) => window.bench.runGraph(t), task);
      await run();
      let ms = Number.POSITIVE_INFINITY;
      for (let i = 0; i < (isTiny ? 1 : 3); i += 1) ms = Math.min(ms, (await this.#sample(1, run)).costMs);
      rows.push({ graph: limit, ms });
    }
    return limitsFrom(rows);
  }

  async close(): Promise<void> {
    for (const page of this.#pages.values()) await (await page).close();
    await this.#server.close();
  }

  async #sample(
    count: number,
    once: () => Promise<{ wallMs?: number; runMs?: number; tiles?: number; timings?: { compileMs: number } }>,
  ): Promise<Sample> {
    const { value, spent } = await this.#meter.measure(async () => {
      let [wallMs, compileMs, tiles] = [0, 0, 1];
      for (let i = 0; i < count; i += 1) {
        const made = await once();
        wallMs += made.wallMs ?? made.runMs ?? 0;
        compileMs += made.timings?.compileMs ?? 0;
        tiles = made.tiles ?? 1;
      }
      return { wallMs: wallMs / count, compileMs: compileMs / count, tiles };
    });
    const isCpu = this.#setting.backend === 'wasm';
    const costMs = isCpu && this.#setting.threads === 1 ? spent.pageCpuMs / count : value.wallMs;
    return { ...value, costMs, peakMb: spent.peakMb };
  }

  #open(name: string, path: string, ready: string, then: (page: Page) => Promise<LoadReport | null>) {
    const known = this.#pages.get(name);
    if (known !== undefined) return known;
    const made = (async () => {
      const before = this.#server.asked.length;
      const page = await this.#context.newPage();
      // An origin of its own: no page finds in a cache what another has fetched.
      await page.goto(this.#server.url.replace('127.0.0.1', `${name}.localhost`) + path);
      await page.waitForFunction((global) => global in window, ready);
      const load = await then(page);
      const asked = new Set(this.#server.asked.slice(before));
      this.opened.set(name, { load, fetchedBytes: await this.#bytes(asked) });
      return page;
    })();
    this.#pages.set(name, made);
    return made;
  }

  async #bytes(paths: Iterable<string>): Promise<number> {
    let total = 0;
    for (const path of paths) {
      const other = this.#server.instead.get(path);
      if (other) total += other.bytes.length;
      else total += (await (await fetch(this.#server.url + path)).arrayBuffer()).byteLength;
    }
    return total;
  }

  #engine(id: string): Promise<Page> {
    const group = GROUPS.find((one) => one.id === id);
    if (group === undefined) throw new Error(`there is no group ${id}`);
    for (const source of Object.values(group.models)) {
      if ('file' in source && !this.#server.instead.has(source.file)) {
        this.#server.instead.set(source.file, { type: BINARY, bytes: syntheticFile(source.file) });
      }
    }
    const { backend, precision } = this.#setting;
    return this.#open(id, '', 'bench', (page) =>
      page.evaluate((plan) => window.bench.open(plan), { backend, precision, models: group.models }),
    );
  }

  #graphs(): Promise<Page> {
    return this.#open('graphs', '', 'bench', async () => null);
  }

  #rivals(): Promise<Page> {
    const { threads } = this.#setting;
    return this.#open('rivals', 'rivals/index.html', 'rivals', async (page) => {
      await page.evaluate((setting) => window.rivals.open(setting), { backend: 'wasm', threads });
      return null;
    });
  }

  #serveGraph(
    name: string,
    model: Uint8Array,
    { input, output }: Pick<GraphTask, 'input' | 'output'>,
  ): GraphTask {
    const url = `graphs/${name.replaceAll(/\W+/g, '-')}.onnx`;
    this.#server.instead.set(url, { type: BINARY, bytes: model });
    const { backend, threads } = this.#setting;
    return { backend, threads, url, input, output, repeats: 1 };
  }
}
