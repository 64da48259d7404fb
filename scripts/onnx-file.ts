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
  sizes: { type: 'string' },
  scale: { type: 'string' },
  precision: { type: 'string', default: 'f32' },
} as const;

export interface ExportOptions {
  readonly model: string | undefined;
  readonly role: string | undefined;
  readonly out: string;
  readonly request: GraphRequest;
  /** With --sizes: every size as [height, width], each a file of its own; else the request's alone. */
  readonly sizes: readonly (readonly [number, number])[];
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

/** "32x32,64x48" */
const sizesOf = (text: string): [number, number][] =>
  text.split(',').map((size) => {
    const [height, width] = size.trim().split('x');
    return [whole('sizes', height), whole('sizes', width)];
  });

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
  const sizes: readonly [number, number][] =
    values.sizes === undefined
      ? [[whole('height', values.height), whole('width', values.width)]]
      : sizesOf(values.sizes);
  const [[height, width] = [1, 1]] = sizes;
  return {
    model: values.model,
    role: values.role,
    out: values.out,
    request: {
      height,
      width,
      precision: values.precision,
      weights: 'inline',
      ...(values.scale && { scale: values.scale === '2' ? 2 : 4 }),
    },
    sizes,
    files: positionals,
  };
}

/** A file's bytes without a copy, as a plain Uint8Array (Buffer's slice would not copy where one is due). */
export async function readBytes(path: string | URL): Promise<Uint8Array> {
  const { buffer, byteOffset, byteLength } = await readFile(path);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Writes a network for every size that is asked for: `model.onnx`, or `model-64x48.onnx` and so on where there are several. */
export async function writeSizes(
  description: ModelDescription,
  state: StateDict,
  { out, request, sizes }: ExportOptions,
): Promise<void> {
  for (const [height, width] of sizes) {
    const path = sizes.length === 1 ? out : out.replace(/(\.onnx)?$/, `-${height}x${width}.onnx`);
    await writeOnnx(description, state, { out: path, request: { ...request, height, width } });
  }
}

/** Writes one network as a plain .onnx file that stands alone, and says what it is. */
async function writeOnnx(
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
