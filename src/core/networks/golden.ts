import { readSafetensors } from '../container/safetensors.ts';
import type { FileTensor } from '../container/tensor.ts';
import type { StateDict } from '../weights/state-view.ts';
import { type NoiseTensor, syntheticState } from '../weights/synthetic.ts';

/** A file of training/fixtures/make_graph_fixtures.py: a small network's weights, and inputs with PyTorch's outputs. */
export interface Golden {
  readonly state: StateDict;
  /** Of the tensors that `tensor` gives. */
  readonly names: readonly string[];
  /** `<role>.input`, `<role>.output`, or `<role>.output.x2` of an upscaler; throws where there is none. */
  tensor(name: string): FileTensor;
}

export function readGolden(bytes: Uint8Array): Golden {
  const { tensors, metadata } = readSafetensors(bytes);
  return {
    names: [...tensors.keys()],
    state: syntheticState(JSON.parse(metadata['weights'] ?? '[]') as NoiseTensor[]),
    tensor: (name) => {
      const tensor = tensors.get(name);
      if (!tensor) {
        throw new RangeError(`The golden file has no ${name}, only ${[...tensors.keys()].join(', ')}.`);
      }
      return tensor;
    },
  };
}
