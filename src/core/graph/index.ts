export type { StateDict } from '../weights/state-view.ts';
export {
  buildGraph,
  clipDecoder,
  countMultiplyAdds,
  estimateMemory,
  type MemoryEstimate,
  splitDecoder,
  stagesOf,
} from './build-graph.ts';
export type { BuiltGraph } from './graph-builder.ts';
export type { GraphRequest, ModelDescription, Stage } from './model-description.ts';
export { offersScale, passesOf } from './model-description.ts';
