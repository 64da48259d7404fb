import type { CpuEngine } from '../../../workers/direct/engine-types.ts';
import type { Role } from '../../core/role.ts';
import { type CliOptions, readCliOptions, USAGE } from './cli-options.ts';
import { createNodeEngine } from './create-node-engine.ts';
import { type FoundFile, findFiles } from './find-files.ts';
import { infoText } from './info-text.ts';
import { inspectFile } from './inspect-file.ts';
import { type Outcome, planWork, processFile, type Work } from './process-file.ts';
import { createProgressBar } from './progress-bar.ts';
import type { Streams } from './streams.ts';

const ROLES_OF: Readonly<Record<CliOptions['command'], readonly Role[]>> = {
  info: [],
  convert: [],
  encode: ['encoder'],
  decode: ['decoder', 'upscaler'],
  upscale: ['upscaler', 'decoder', 'encoder'],
};

function sentence(outcome: Outcome): string {
  if (outcome.status === 'failed') return `failed   ${outcome.file}: ${outcome.message}`;
  if (outcome.status === 'skipped') return `there    ${outcome.output}`;
  return `${outcome.output}  ${outcome.width}x${outcome.height}, ${(outcome.ms / 1000).toFixed(1)} s`;
}

function info(files: readonly FoundFile[], { isJson, isAll }: CliOptions, streams: Streams): number {
  let failures = 0;
  for (const { path: file } of files) {
    try {
      const found = inspectFile(file);
      streams.out(isJson ? JSON.stringify(found) : infoText(found, isAll));
    } catch (error) {
      failures += 1;
      const message = error instanceof Error ? error.message : String(error);
      if (isJson) streams.out(JSON.stringify({ file, status: 'failed', message }));
      else streams.err(`failed   ${file}: ${message}\n`);
    }
  }
  return failures;
}

/** How many passes over its tiles a file takes: a picture at 2x or 4x is upscaled, then decoded. */
const stepsOf = ({ command, scale, to }: CliOptions): number =>
  scale > 1 && (command === 'decode' || (to !== null && /^(png|jpg|ppm)$/.test(to))) ? 2 : 1;

async function batch(files: readonly Work[], options: CliOptions, streams: Streams): Promise<number> {
  let started: Promise<CpuEngine | null> | null = null;
  const roles = ROLES_OF[options.command];
  // Not before a file needs it: a batch that is done already starts nothing.
  function engine(): Promise<CpuEngine | null> {
    started ??=
      roles.length === 0
        ? Promise.resolve(null)
        : createNodeEngine({
            roles,
            models: options.weights,
            grade: options.grade,
            runtime: options.runtime,
          });
    return started;
  }
  const counts = { done: 0, skipped: 0, failed: 0 };
  const unnamed = new Set<string>();
  const bar = createProgressBar(streams, files.length, stepsOf(options));
  for (const file of files) {
    const outcome = await processFile(engine, file, options, { onProgress: bar.begin(file.path) });
    counts[outcome.status] += 1;
    bar.clear();
    if (outcome.status === 'done' && outcome.output.endsWith('.npy') && outcome.family !== undefined) {
      unnamed.add(`--family ${outcome.family} --space ${outcome.space}`);
    }
    if (options.isJson) streams.out(JSON.stringify(outcome));
    else if (outcome.status === 'failed') streams.err(`${sentence(outcome)}\n`);
    else streams.out(sentence(outcome));
  }
  if (!options.isJson && files.length > 1) {
    streams.err(`${counts.done} done, ${counts.skipped} there already, ${counts.failed} failed\n`);
  }
  if (!options.isJson && unnamed.size > 0) {
    streams.err(
      `An .npy holds neither family nor space: whoever opens these has to say ${[...unnamed].join(' or ')}. --to safetensors writes both into the file.\n`,
    );
  }
  const last = started as Promise<CpuEngine | null> | null;
  await (await last?.catch(() => null))?.dispose();
  return counts.failed;
}

/** The command line, without the process around it. Gives the exit code: 0 all done, 1 some files failed, 2 not understood. */
export async function runCli(argv: readonly string[], streams: Streams): Promise<0 | 1 | 2> {
  try {
    const options = readCliOptions(argv);
    if (options === null) {
      streams.out(USAGE);
      return argv.length === 0 ? 2 : 0;
    }
    const files = findFiles(options.names, options.command);
    const failures =
      options.command === 'info'
        ? info(files, options, streams)
        : await batch(planWork(files, options), options, streams);
    return failures > 0 ? 1 : 0;
  } catch (error) {
    streams.err(`${error instanceof Error ? error.message : String(error)}\nSee latentlift --help.\n`);
    return 2;
  }
}
