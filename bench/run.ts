// npm run bench: LUA, its rivals and the runtime's own limits side by side in one Chromium. See docs/performance.md.
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type BrowserContext, chromium } from 'playwright';
import { missingModels } from '../e2e/engine/build-harness.ts';
import { findChromium } from '../scripts/find-chromium.mjs';
import { runScript } from '../scripts/run-script.ts';
import { CONTENDERS, multiplyAddsOf } from './contenders.ts';
import { compareRatios, type HistoryLine, historyLineOf } from './history.ts';
import { plotOf } from './plot.ts';
import {
  type BackendResult,
  type BenchResult,
  type CellResult,
  markdownOf,
  writeBetweenMarks,
} from './report.ts';
import { type Outcome, runInterleaved } from './rounds.ts';
import { type Setting, Stage } from './stage.ts';

const USAGE = `npm run bench -- [options]
  --sizes 256,512,1024,2048,4096   pixels a side of what comes out
  --settings wasm1,wasm2,webgpu    wasmN: N threads; webgpu: f16 where there is any, webgpu32: f32
  --only lua,decode                contenders whose name starts so
  --rounds 5 --cap 60              warm runs of a cell, and the seconds they may take together
  --software                       WebGPU on SwiftShader
  --no-rivals                      without UpscalerJS (300 MB of packages, installed on demand)
  --quick                          256 px, one round, a cap of 10 s: whether it works
  --docs                           write tables and plot into docs/performance.md
  --record NAME                    add a line to bench/history.jsonl
  --against LAST|NAME              compare ratios with a line of it
  --out FILE                       the JSON (bench/results/latest.json), written after each size
  --from FILE                      measure nothing: tables, plot, comparison from such a JSON`;

const { values } = parseArgs({
  options: {
    sizes: { type: 'string' },
    settings: { type: 'string', default: 'wasm1' },
    only: { type: 'string', default: '' },
    rounds: { type: 'string' },
    cap: { type: 'string' },
    software: { type: 'boolean', default: false },
    'no-rivals': { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    docs: { type: 'boolean', default: false },
    record: { type: 'string' },
    against: { type: 'string' },
    out: { type: 'string' },
    from: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const sizes = (values.sizes ?? (values.quick ? '256' : '256,512,1024,2048,4096')).split(',').map(Number);
const rounds = Number(values.rounds ?? (values.quick ? 1 : 5));
const capMs = 1000 * Number(values.cap ?? (values.quick ? 10 : 60));
const prefixes = values.only.split(',');
const chosen = CONTENDERS.filter(({ id }) => prefixes.some((prefix) => id.startsWith(prefix)));

function settingOf(name: string): Setting {
  const threads = Number(/^wasm(\d)$/.exec(name)?.[1]);
  if (threads > 0) return { backend: 'wasm', threads, precision: 'auto' };
  if (name === 'webgpu') return { backend: 'webgpu', threads: 1, precision: 'auto' };
  if (name === 'webgpu32') return { backend: 'webgpu', threads: 1, precision: 'f32' };
  throw new Error(`No setting is called ${name}; there are wasm1, wasm2, webgpu and webgpu32.`);
}

async function measureSize(
  stage: Stage,
  pixels: number,
  before: ReadonlyMap<string, number>,
): Promise<CellResult[]> {
  const cells = chosen.map((contender) => stage.cell(contender, pixels, before.get(contender.id) ?? null));
  const outcomes = await runInterleaved(
    cells.flatMap((cell) => (typeof cell === 'string' ? [] : cell)),
    {
      rounds,
      capMs,
      tell: (id, outcome) =>
        console.error(
          `  ${pixels} px  ${id} first: ${typeof outcome === 'number' ? `${Math.round(outcome)} ms` : outcome}`,
        ),
    },
  );
  const byId = new Map<string, Outcome>(outcomes.map((outcome) => [outcome.id, outcome]));
  return chosen.map((contender, i) => {
    const cell = cells[i];
    const outcome = byId.get(contender.id) ?? { id: contender.id };
    const result: CellResult = {
      ...outcome,
      title: contender.title,
      scale: contender.scale,
      pixels,
      multiplyAdds: multiplyAddsOf(contender, pixels),
      ...(typeof cell === 'string' && { note: cell }),
    };
    const told = result.note ?? `${Math.round(result.warm?.costMs ?? result.cold?.costMs ?? Number.NaN)} ms`;
    console.error(`${pixels} px  ${contender.id}: ${told}`);
    return result;
  });
}

async function measureSetting(
  context: BrowserContext,
  name: string,
  keep: (result: BackendResult) => void,
): Promise<BackendResult> {
  const setting = settingOf(name);
  const stage = await Stage.open(context, setting, !values['no-rivals']);
  try {
    const cells: CellResult[] = [];
    const limits = await stage.limits(setting.backend === 'webgpu' && values.software);
    console.error(`${name}: ${JSON.stringify(limits)}`);
    for (const pixels of sizes) {
      const half = cells.filter((cell) => cell.pixels === pixels / 2);
      // What was foreseen to take too long stays out: four times as long is longer still.
      const before = new Map(half.map((cell) => [cell.id, cell.warm?.costMs ?? cell.cold?.costMs ?? capMs]));
      cells.push(...(await measureSize(stage, pixels, before)));
      keep({ name, setting, limits, opened: Object.fromEntries(stage.opened), cells });
    }
    return { name, setting, limits, opened: Object.fromEntries(stage.opened), cells };
  } finally {
    await stage.close();
  }
}

/** A browser with a profile on the disk: without one it keeps the contenders' files in memory, and drops them when that is short. */
function launch(): Promise<BrowserContext> {
  const executablePath = findChromium();
  const software = [
    '--use-webgpu-adapter=swiftshader',
    '--use-vulkan=swiftshader',
    '--use-angle=swiftshader',
  ];
  return chromium.launchPersistentContext('', {
    ...(executablePath === null ? {} : { executablePath }),
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...(values.settings.includes('webgpu')
        ? ['--enable-unsafe-webgpu', '--enable-features=Vulkan', '--ignore-gpu-blocklist']
        : []),
      ...(values.software ? software : []),
    ],
  });
}

function readHistory(): readonly HistoryLine[] {
  const text = readFileSync(here('./history.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as HistoryLine);
}

function save(result: BenchResult): void {
  mkdirSync(here('./results'), { recursive: true });
  writeFileSync(values.out ?? here('./results/latest.json'), `${JSON.stringify(result, null, 1)}\n`);
}

function publish(result: BenchResult): void {
  const markdown = markdownOf(result);
  console.log(markdown);
  if (values.docs) {
    writeBetweenMarks(here('../docs/performance.md'), markdown);
    writeFileSync(here('../docs/performance.svg'), plotOf(result));
  }
  const line = historyLineOf(result, values.record ?? 'now');
  if (values.against !== undefined) {
    const lines = readHistory();
    const other =
      values.against === 'LAST' ? lines.at(-1) : lines.find(({ name }) => name === values.against);
    if (other === undefined) throw new Error(`bench/history.jsonl has no line ${values.against}.`);
    console.log(compareRatios(line, other));
  }
  if (values.record !== undefined) appendFileSync(here('./history.jsonl'), `${JSON.stringify(line)}\n`);
}

async function measure(): Promise<BenchResult> {
  const context = await launch();
  try {
    const settings: BackendResult[] = [];
    const resultWith = (last: readonly BackendResult[]): BenchResult => ({
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      browser: `Chromium ${context.browser()?.version().split('.')[0]}`,
      rounds,
      capMs,
      settings: [...settings, ...last],
    });
    for (const name of values.settings.split(',')) {
      settings.push(await measureSetting(context, name, (partial) => save(resultWith([partial]))));
    }
    return resultWith([]);
  } finally {
    await context.close();
  }
}

async function main(): Promise<void> {
  if (values.help) return console.log(USAGE);
  if (values.from !== undefined) return publish(JSON.parse(readFileSync(values.from, 'utf8')) as BenchResult);
  if (missingModels !== null) throw new Error(missingModels);
  const result = await measure();
  save(result);
  publish(result);
}

runScript(main);
