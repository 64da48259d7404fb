import type * as OrtWeb from 'onnxruntime-web';

/** The parts of onnxruntime that are used: any of its web builds, or onnxruntime-node. */
export type Ort = Pick<typeof OrtWeb, 'InferenceSession' | 'Tensor' | 'env'>;
