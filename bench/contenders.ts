import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Backend, Scale } from '../src/contract/engine.ts';
import type { Method } from '../src/contract/methods.ts';
import { readTensorFile } from '../src/core/containers/index.ts';
import type { FamilyId } from '../src/core/families/index.ts';
import {
  type BuiltGraph,
  buildGraph,
  countMultiplyAdds,
  type ModelDescription,
  passesOf,
  type StateDict,
} from '../src/core/graph/index.ts';
import { recogniseModel } from '../src/core/networks/recognise.ts';
import type { Role } from '../src/core/role.ts';
import {
  flux1Decoder,
  luaRelease,
  noisy,
  pixelSwin,
  pixelTrunk,
  type Shapes,
  taef2Decoder,
  withoutValues,
} from './shapes.ts';

/** Weights of noise that the bench writes for its page: the cost is that of the shapes. */
export const SYNTHETIC: Readonly<Record<string, () => Shapes>> = {
  'pixel-swin.safetensors': pixelSwin,
  'pixel-trunk.safetensors': pixelTrunk,
  'taef2.safetensors': taef2Decoder,
  'flux1-vae.safetensors': flux1Decoder,
};

/** One page of the browser, with one engine and its networks in it. */
export interface Group {
  readonly id: string;
  readonly family: FamilyId;
  readonly channels: number;
  readonly models: Readonly<Partial<Record<Role, { readonly id: string } | { readonly file: string }>>>;
}

const OWN = { decoder: { id: 'flux2-decoder' }, upscaler: { id: 'flux2-lua' } } as const;
const flux2 = { family: 'flux2', channels: 32 } as const;

export const GROUPS: readonly Group[] = [
  { id: 'own', ...flux2, models: { ...OWN, 'pixel-upscaler': { file: 'pixel-swin.safetensors' } } },
  {
    id: 'trunk',
    ...flux2,
    models: { decoder: OWN.decoder, 'pixel-upscaler': { file: 'pixel-trunk.safetensors' } },
  },
  { id: 'fine', ...flux2, models: { decoder: { id: 'flux2-decoder-fine' } } },
  { id: 'taef2', ...flux2, models: { decoder: { file: 'taef2.safetensors' } } },
  { id: 'flux1', family: 'flux1', channels: 16, models: { decoder: { file: 'flux1-vae.safetensors' } } },
];

/** What makes pictures: a title, and how it is run for an output of so many pixels. */
export type Contender = { readonly id: string; readonly title: string; readonly scale: Scale } & (
  | { readonly kind: 'engine'; readonly group: string; readonly method: Method }
  | { readonly kind: 'graph'; readonly source: 'ours' | 'torch' | 'release' }
  | { readonly kind: 'esrgan'; readonly model: 'slim' | 'medium' | 'thick' }
);

function engine(group: string, method: Method, scales: readonly Scale[], title: string): Contender[] {
  return scales.map((scale) => ({
    id: `${group === 'own' ? method : group} x${scale}`,
    title: `${title}${scale === 1 ? '' : ` x${scale}`}`,
    kind: 'engine',
    group,
    method,
    scale,
  }));
}

export const CONTENDERS: readonly Contender[] = [
  ...engine('own', 'decode', [1], 'our decoder'),
  ...engine('own', 'lua', [2, 4], 'LUA, then our decoder,'),
  ...engine('own', 'pixel-bicubic', [2, 4], 'our decoder, then bicubic'),
  ...engine('own', 'pixel-lanczos', [2, 4], 'our decoder, then Lanczos-3'),
  ...engine('own', 'pixel-upscaler', [2, 4], 'our decoder, then the pixel rival'),
  ...engine('trunk', 'pixel-upscaler', [2, 4], "our decoder, then LUA's trunk over pixels"),
  ...engine('fine', 'decode', [1], 'our fine decoder'),
  ...engine('taef2', 'decode', [1], "TAEF2's decoder"),
  ...engine('flux1', 'decode', [1], "FLUX.1's AutoencoderKL decoder"),
  {
    id: 'graph lua x2',
    title: 'LUA alone, our graph, bare runtime',
    kind: 'graph',
    source: 'ours',
    scale: 2,
  },
  { id: 'torch lua x2', title: 'LUA alone, torch.onnx export', kind: 'graph', source: 'torch', scale: 2 },
  { id: 'release x2', title: "LUA's release alone, our graph", kind: 'graph', source: 'release', scale: 2 },
  ...(['slim', 'medium', 'thick'] as const).map(
    (model): Contender => ({
      id: `esrgan-${model} x2`,
      title: `UpscalerJS ESRGAN-${model} x2, no decode`,
      kind: 'esrgan',
      model,
      scale: 2,
    }),
  ),
];

/** Side of the latent that gives an output of `pixels` a side. */
export const latentSide = (pixels: number, scale: Scale): number => pixels / 8 / scale;

const models = new URL('../public/models/', import.meta.url);
const described = new Map<string, { readonly description: ModelDescription; readonly state: StateDict }>();

/** A network by the name of its file, shipped or synthetic; without values unless they are asked for. */
export function networkOf(
  name: string,
  hasValues = false,
): { description: ModelDescription; state: StateDict } {
  const key = `${name} ${hasValues}`;
  const known = described.get(key);
  if (known !== undefined) return known;
  const shapes = name === 'release' ? luaRelease : SYNTHETIC[name];
  const state =
    shapes === undefined
      ? readTensorFile(new Uint8Array(readFileSync(new URL(`${name}.safetensors`, models))), name).tensors
      : (hasValues ? noisy : withoutValues)(shapes());
  const [description] = recogniseModel(state);
  if (description === undefined) throw new Error(`${name} holds no network`);
  const made = { description, state };
  described.set(key, made);
  return made;
}

const nameOf = (source: { readonly id: string } | { readonly file: string } | undefined): string =>
  source === undefined ? '' : 'id' in source ? source.id : source.file;

/** Multiply-adds of a network for an input of `side` x `side`, in as many passes as the scale takes. */
function work(name: string, side: number, scale?: 2 | 4): number {
  const { description, state } = networkOf(name);
  const passes = scale === undefined ? [undefined] : (passesOf(description, scale) ?? [scale]);
  let at = side;
  let total = 0;
  for (const factor of passes) {
    const request = { height: at, width: at, precision: 'f32', ...(factor && { scale: factor }) } as const;
    total += countMultiplyAdds(description, state, request);
    at *= factor ?? 1;
  }
  return total;
}

/** Multiply-adds of one picture, counted from the graphs as if in one piece; null for what is no graph of ours. */
export function multiplyAddsOf(contender: Contender, pixels: number): number | null {
  const { scale } = contender;
  const side = latentSide(pixels, scale);
  const factor = scale === 1 ? undefined : scale;
  if (contender.kind === 'esrgan') return null;
  if (contender.kind === 'graph') {
    return work(contender.source === 'release' ? 'release' : 'flux2-lua', side, factor);
  }
  const group = GROUPS.find(({ id }) => id === contender.group);
  const [decoder, upscaler, pixel] = (['decoder', 'upscaler', 'pixel-upscaler'] as const).map((role) =>
    nameOf(group?.models[role]),
  ) as [string, string, string];
  switch (contender.method) {
    case 'lua':
      return work(upscaler, side, factor) + work(decoder, pixels / 8);
    case 'pixel-upscaler':
      return work(decoder, side) + work(pixel, 8 * side, factor);
    default:
      return work(decoder, side);
  }
}

/** The graph of a `graph` contender for this output; a sentence where it cannot be had. */
export function graphOf(
  contender: Contender & { readonly kind: 'graph' },
  pixels: number,
): { readonly model: Uint8Array; readonly graph: Pick<BuiltGraph, 'input' | 'output'> } | string {
  const side = latentSide(pixels, contender.scale);
  const { description, state } = networkOf(contender.source === 'release' ? 'release' : 'flux2-lua', true);
  const scale = contender.scale === 4 ? 4 : 2;
  const request = { height: side, width: side, scale, precision: 'f32', weights: 'inline' } as const;
  const graph = buildGraph(description, state, request);
  if (contender.source !== 'torch') return { model: graph.model, graph };
  const name = `lua-x${scale}-${side}.onnx`;
  const file = fileURLToPath(new URL(`results/exports/${name}`, import.meta.url));
  return existsSync(file)
    ? { model: new Uint8Array(readFileSync(file)), graph }
    : `no ${name}: python bench/graph_vs_export.py makes it`;
}

/** What a contender of this backend cannot do, as a sentence, or null. */
export const unfitFor = (contender: Contender, backend: Backend): string | null =>
  contender.kind === 'esrgan' && backend === 'webgpu' ? 'TensorFlow.js runs on its own backends' : null;
