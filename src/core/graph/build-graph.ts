import { AppError } from '../errors.ts';
import type { Role } from '../role.ts';
import { NameIndex, type StateDict, StateView } from '../weights/state-view.ts';
import { refuseConstants } from './constant-limit.ts';
import type { BuiltGraph } from './graph-builder.ts';
import { Layers } from './layers.ts';
import { type GraphRequest, type ModelDescription, offersScale } from './model-description.ts';

/** A graph may not use one name twice, so an upscaler's result is not called what its input is. */
const OUTPUT_NAMES: Readonly<Record<Role, string>> = {
  decoder: 'image',
  encoder: 'latent',
  upscaler: 'upscaled',
  'pixel-upscaler': 'upscaled',
  interposer: 'converted',
};

function checkRequest(description: ModelDescription, { height, width, scale }: GraphRequest): void {
  const { title, scales } = description;
  const step = description.role === 'encoder' ? description.pixelsPerCell : 1;
  if (![height, width].every((side) => Number.isSafeInteger(side) && side > 0 && side % step === 0)) {
    throw new AppError(
      'engine/build',
      `${title} was asked for ${height} x ${width}; it needs whole positive sides${step > 1 ? ` that are multiples of ${step} pixels` : ''}.`,
    );
  }
  if (scale && scales.length > 0 && !offersScale(description, scale)) {
    throw new AppError(
      'model/mismatch',
      `${title} has no factor x${scale}; it offers ${scales.map((s) => `x${s}`).join(', ')}.`,
    );
  }
}

/**
 * A decoder as two networks that give together what it gives alone, or null where it has no seam: the first turns the latent
 * into features at latent resolution, and holds what sees the whole picture (pooling, attention); the second turns features
 * into pixels, may be tiled, and exactly so if its radius says it. Both build from the same state dict.
 */
export const splitDecoder = (
  whole: ModelDescription,
): readonly [latentPart: ModelDescription, pixelPart: ModelDescription] | null =>
  whole.seam && [
    { ...whole, part: 'latent', title: `${whole.title}, latent part`, pixelsPerCell: 1, seam: null },
    {
      ...whole,
      part: 'pixels',
      title: `${whole.title}, pixel part`,
      channels: whole.seam.channels,
      radius: whole.seam.radius,
      seam: null,
    },
  ];

/**
 * A video decoder as one of the latents [1,frames*C,H,W] that gives one picture of the last frame, its `moment`-th from 0. Builds from the
 * same state dict.
 */
export const clipDecoder = (whole: ModelDescription, frames: number, moment: number): ModelDescription => ({
  ...whole,
  channels: frames * whole.channels,
  clip: { frames, moment },
});

/**
 * A network as its stages, each a network of its own that sees no further than its radius, or none where it is not cut so. All build
 * from the same state dict; `runStages` runs them one after the other.
 */
export const stagesOf = (whole: ModelDescription): readonly ModelDescription[] =>
  (whole.stages ?? []).map(({ channels, isNormalised, reach }, stage) => ({
    ...whole,
    stage,
    title: `${whole.title}, stage ${stage + 1}`,
    channels: channels + (isNormalised ? 2 : 0),
    radius: { exact: true, cells: reach },
  }));

function emit(description: ModelDescription, state: StateDict, request: GraphRequest) {
  checkRequest(description, request);
  const { precision, height, width, scale = description.scales[0] } = request;
  const { frames, moment } = { ...request, ...description.clip };
  const layers = new Layers(precision, new StateView(new NameIndex(state, description.prefix)));
  const result = description.emit(layers, {
    height,
    width,
    part: description.part,
    ...(scale && { scale }),
    ...(frames !== undefined && { frames }),
    ...(moment !== undefined && { moment }),
    ...(description.stage !== undefined && { stage: description.stage }),
  });
  return {
    layers,
    result,
    outputName: description.part === 'latent' ? 'features' : OUTPUT_NAMES[description.role],
  };
}

/**
 * The network as an ONNX model with static shapes for one input size. Input and output are float32 [1,C,H,W] in either
 * precision. Weights are read here, once; throws model/mismatch where one is not finite, and before that model/shape where they are more
 * than a browser can keep.
 */
export function buildGraph(
  description: ModelDescription,
  state: StateDict,
  request: GraphRequest,
): BuiltGraph {
  const { layers, result, outputName } = emit(description, state, request);
  refuseConstants(description.title, layers.sizes.constantBytes);
  return layers.finish(result, outputName, request.weights);
}

export interface MemoryEstimate {
  readonly weightBytes: number;
  /** The largest tensor between two nodes. */
  readonly largestActivationBytes: number;
  /** All tensors alive at once, at worst. */
  readonly liveActivationBytes: number;
  /** Weights and live tensors; the runtime's own work space (about one live tensor) and the state dict come on top. */
  readonly totalBytes: number;
}

/** Multiply-adds of one run, told without reading a weight. */
export const countMultiplyAdds = (
  description: ModelDescription,
  state: StateDict,
  request: GraphRequest,
): number => emit(description, state, request).layers.sizes.multiplyAdds;

/** What a run would hold, told without reading a weight. */
export function estimateMemory(
  description: ModelDescription,
  state: StateDict,
  request: GraphRequest,
): MemoryEstimate {
  const { constantBytes, peakActivationBytes, liveBytes } = emit(description, state, request).layers.sizes;
  return {
    weightBytes: constantBytes,
    largestActivationBytes: peakActivationBytes,
    liveActivationBytes: liveBytes,
    totalBytes: constantBytes + liveBytes,
  };
}
