import type { NodeMessage } from './onnx-schema.ts';

type Step = Pick<NodeMessage, 'input' | 'output' | 'opType'>;

/**
 * The most bytes that tensors made and still wanted take at once, when the nodes run in their order. Names without an entry
 * in `bytesOf` (constants) count nothing, and a Reshape shares its input's memory.
 */
export function liveBytes(
  nodes: readonly Step[],
  input: string,
  bytesOf: ReadonlyMap<string, number>,
): number {
  const lastUse = new Map<string, number>();
  for (const [i, node] of nodes.entries()) for (const name of node.input) lastUse.set(name, i);
  const sum = (names: Iterable<string>): number =>
    [...names].reduce((total, name) => total + (bytesOf.get(name) ?? 0), 0);
  let live = sum([input]);
  let most = live;
  for (const [i, node] of nodes.entries()) {
    const ended = sum(new Set(node.input.filter((name) => lastUse.get(name) === i)));
    live += sum(node.output);
    most = Math.max(most, node.opType === 'Reshape' ? live - ended : live);
    live -= ended;
  }
  return most;
}
