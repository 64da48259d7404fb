import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { AppError } from '../src/core/errors.ts';
import {
  buildGraph,
  type GraphRequest,
  type ModelDescription,
  type StateDict,
} from '../src/core/graph/index.ts';

const OPTIONS = {
  model: { type: 'string' },
  role: { type: 'string' },
  out: { type: 'string' },
  height: { type: 'string' },
  width: { type: 'string' },
  scale: { type: 'string' },
  precision: { type: 'string', default: 'f32' },
} as const;

export interface ExportOptions {
  readonly model: string | undefined;
  readonly role: string | undefined;
  readonly out: string;
  readonly request: GraphRequest;
  readonly files: readonly string[];
}

function whole(name: string, text: string | undefined): number {
  const value = Number(text);
  if (text === undefined || !Number.isSafeInteger(value) || value < 1) {
    throw new AppError(
      'engine/build',
      `--${name} ${text ?? 'is missing; it'} must be a whole number above 0.`,
    );
  }
  return value;
}

/** The command line both tools share. Throws engine/build with the option at fault. */
export function readOptions(argv: readonly string[]): ExportOptions {
  const { values, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  if (values.out === undefined) throw new AppError('engine/build', '--out FILE.onnx is missing.');
  if (values.precision !== 'f32' && values.precision !== 'f16') {
    throw new AppError('engine/build', `--precision ${values.precision} must be f32 or f16.`);
  }
  if (values.scale !== undefined && values.scale !== '2' && values.scale !== '4') {
    throw new AppError('engine/build', `--scale ${values.scale} must be 2 or 4.`);
  }
  return {
    model: values.model,
    role: values.role,
    out: values.out,
    request: {
      height: whole('height', values.height),
      width: whole('width', values.width),
      precision: values.precision,
      weights: 'inline',
      ...(values.scale && { scale: values.scale === '2' ? 2 : 4 }),
    },
    files: positionals,
  };
}

/** A file's bytes without a copy, as a plain Uint8Array (Buffer's slice would not copy where one is due). */
export async function readBytes(path: string | URL): Promise<Uint8Array> {
  const { buffer, byteOffset, byteLength } = await readFile(path);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Writes one network as a plain .onnx file that stands alone, and says what it is. */
export async function writeOnnx(
  description: ModelDescription,
  state: StateDict,
  { out, request }: Pick<ExportOptions, 'out' | 'request'>,
): Promise<void> {
  const graph = buildGraph(description, state, request);
  await writeFile(out, graph.model);
  const shape = (end: { name: string; dims: readonly number[] }): string =>
    `${end.name} [${end.dims.join(', ')}]`;
  if (request.precision === 'f16' && !description.halfSafe) {
    console.warn(
      `${description.title}: activations may pass what half precision holds; try --precision f32.`,
    );
  }
  console.log(
    `${out}: ${description.title}; ${shape(graph.input)} -> ${shape(graph.output)}, float32; ` +
      `${graph.nodeCount} nodes, ${(graph.model.length / 1e6).toFixed(1)} MB, opset 20, ${request.precision} inside.`,
  );
}

/** Runs a tool: a refusal becomes one sentence and exit code 1. */
export async function runTool(usage: string, tool: () => Promise<void>): Promise<void> {
  try {
    await tool();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error(usage);
    process.exitCode = 1;
  }
}
