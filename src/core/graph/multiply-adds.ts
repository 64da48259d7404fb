interface Shaped {
  readonly dims: readonly number[];
}

const product = (dims: readonly number[]): number => dims.reduce((all, side) => all * side, 1);

/**
 * Multiply-adds of one node: of a Conv with a kernel [O, C/groups, kh, kw] and of a MatMul [..., M, K] x [..., K, N]. Everything else is
 * passes over memory, and counts 0.
 */
export function multiplyAdds(op: string, inputs: readonly Shaped[], output: Shaped): number {
  const [left, right] = inputs;
  if (op === 'Conv') return product(output.dims) * product(right?.dims.slice(1) ?? []);
  return op === 'MatMul' ? product(output.dims) * (left?.dims.at(-1) ?? 0) : 0;
}
