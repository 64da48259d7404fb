import type { CpuEngine } from '../../../workers/direct/engine-types.ts';
import type { Role } from '../../core/role.ts';
import { type CliOptions, readCliOptions, USAGE } from './cli-options.ts';
import { createNodeEngine } from './create-node-engine.ts';
import { findFiles } from './find-files.ts';
import { infoText } from './info-text.ts';
import { inspectFile } from './inspect-file.ts';
import { type Outcome, processFile } from './process-file.ts';

/** Where a command line writes. */
export interface Streams {
  /** Results, one a line. */
  out(line: string): void;
  /** Everything else: progress and complaints. */
  err(text: string): void;
  /** Whether `err` is a terminal, on which a line can be written over. */
  readonly isTerminal: boolean;
}

const BAR_CHARS = 24;

/** "[#####     ] 3/12 name" */
function bar(done: number, total: number, name: string): string {
  const filled = Math.round((BAR_CHARS * done) / total);
  return `[${'#'.repeat(filled)}${' '.repeat(BAR_CHARS - filled)}] ${done}/${total} ${name}`
    .slice(0, 100)
    .padEnd(100);
}

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

function info(files: readonly string[], { isJson, isAll }: CliOptions, streams: Streams): number {
  let failures = 0;
  for (const file of files) {
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

async function batch(files: readonly string[], options: CliOptions, streams: Streams): Promise<number> {
  let started: Promise<CpuEngine | null> | null = null;
  const roles = ROLES_OF[options.command];
  // Not before a file needs it: a batch that is done already starts nothing.
  function engine(): Promise<CpuEngine | null> {
    started ??=
      roles.length === 0
        ? Promise.resolve(null)
        : createNodeEngine({ roles, models: options.weights, runtime: options.runtime });
    return started;
  }
  const counts = { done: 0, skipped: 0, failed: 0 };
  for (const [index, file] of files.entries()) {
    if (streams.isTerminal) streams.err(`\r${bar(index, files.length, file)}`);
    const outcome = await processFile(engine, file, options);
    counts[outcome.status] += 1;
    if (streams.isTerminal) streams.err(`\r${' '.repeat(100)}\r`);
    if (options.isJson) streams.out(JSON.stringify(outcome));
    else if (outcome.status === 'failed') streams.err(`${sentence(outcome)}\n`);
    else streams.out(sentence(outcome));
  }
  if (!options.isJson && files.length > 1) {
    streams.err(`${counts.done} done, ${counts.skipped} there already, ${counts.failed} failed\n`);
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
    const files = findFiles(options.names);
    const failures =
      options.command === 'info' ? info(files, options, streams) : await batch(files, options, streams);
    return failures > 0 ? 1 : 0;
  } catch (error) {
    streams.err(`${error instanceof Error ? error.message : String(error)}\nSee latentlift --help.\n`);
    return 2;
  }
}
