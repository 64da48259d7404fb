export type { StateDict } from '../weights/state-view.ts';
export {
  buildGraph,
  clipDecoder,
  countMultiplyAdds,
  estimateMemory,
  type MemoryEstimate,
  splitDecoder,
} from './build-graph.ts';
export type { BuiltGraph } from './graph-builder.ts';
export type { GraphRequest, ModelDescription } from './model-description.ts';
