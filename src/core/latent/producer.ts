import type { FileTensor, TensorFile } from '../container/tensor.ts';
import { AppError } from '../errors.ts';
import type { Family } from '../families/family.ts';
import { FAMILIES, type FamilyId, isFamilyId } from '../families/index.ts';
import { FAMILIES_KNOWN } from '../families/sentences.ts';
import { AXES, type Axes } from './axes.ts';
import { familyOfComfyPrompt, familyOfName } from './family-of-name.ts';
import type { LatentSpace } from './latent.ts';

/** What a file's own marks (keys, metadata, name) say of its latents; null where they say nothing. */
export interface Claim {
  /** The writer, for the person: "ComfyUI .latent". */
  readonly producer: string;
  /** Names of the tensors that are latents, in file order; empty where any may be. */
  readonly tensors: readonly string[];
  readonly families: readonly FamilyId[] | null;
  readonly space: LatentSpace | null;
  readonly axes: Axes | null;
  /** What the family was taken from, for the reason: 'its prompt names "sd_xl_base.safetensors"'. */
  readonly because: string | null;
}

const namesLike = (file: TensorFile, pattern: RegExp): string[] =>
  [...file.tensors.keys()].filter((n) => pattern.test(n));

const families: readonly Family<FamilyId>[] = FAMILIES;

/** The family that ComfyUI holds as 2x2 patches of as many channels as the tensor has, or null. */
function patchedIn(tensor: FileTensor | undefined): Family<FamilyId> | null {
  const stored = tensor?.shape[tensor.shape.length === 4 ? 1 : 0];
  return families.find(({ comfy, channels }) => comfy.isPatched && stored === 4 * channels) ?? null;
}

/** The one space in which ComfyUI holds every family of the tensor's channels, or of those the one that is hinted at; null where they differ. */
function spaceIn(tensor: FileTensor, hint: FamilyId | undefined): LatentSpace | null {
  const stored = tensor.shape[tensor.shape.length >= 4 ? 1 : 0];
  const plain = families.filter(({ comfy, channels }) => !comfy.isPatched && channels === stored);
  const hinted = plain.filter(({ id }) => id === hint);
  const spaces = new Set((hinted.length > 0 ? hinted : plain).map(({ comfy }) => comfy.space));
  const [space = 'raw', ...others] = spaces;
  return others.length === 0 ? space : null;
}

/** ComfyUI's node that makes Qwen-Image-Layered's latents (comfy_extras/nodes_qwen.py); in free text the quotes would be escaped. */
const isLayered = ({ metadata }: TensorFile): boolean =>
  /"class_type"\s*:\s*"EmptyQwenImageLayeredLatentImage"/.test(metadata['prompt'] ?? '');

/** ComfyUI's SaveLatent: raw VAE values but for the families that it holds otherwise, as FLUX.2 (nodes.py; model_base's process_out). */
function comfy(file: TensorFile): Claim | null {
  const tensor = file.tensors.get('latent_tensor');
  if (tensor === undefined) return null;
  const axes = { 4: 'bchw', 5: isLayered(file) ? 'bclhw' : 'bcthw' } as const;
  const base = { tensors: ['latent_tensor'], axes: axes[tensor.shape.length as 4 | 5] ?? null };
  if (!file.tensors.has('latent_format_version_0')) {
    // ComfyUI of that time knew four-channel pictures alone: anything else was named so by another program, which says nothing of its values.
    if (tensor.shape.length !== 4 || tensor.shape[1] !== 4) {
      const producer = 'safetensors named as ComfyUI does, without its format marker';
      return { ...base, producer, families: null, space: null, because: null };
    }
    // LoadLatent multiplies files without the marker by 1/0.18215: they hold SD1's model space.
    const because = 'it has no format marker, so it is scaled by 0.18215';
    return {
      ...base,
      producer: 'ComfyUI .latent of the first kind',
      families: ['sd1'],
      space: 'model',
      because,
    };
  }
  const hint = familyOfComfyPrompt(file.metadata['prompt'] ?? '');
  const patched = patchedIn(tensor);
  const family = patched?.id ?? hint?.family;
  return {
    ...base,
    producer: 'ComfyUI .latent',
    families: family === undefined ? null : [family],
    space: patched === null ? spaceIn(tensor, hint?.family) : patched.comfy.space,
    because: hint === null || patched !== null ? null : `its prompt names "${hint.name.slice(0, 60)}"`,
  };
}

/** Our own safetensors files (write-latent.ts) state family, space and, since noise tells none, axes. */
function ours(file: TensorFile): Claim | null {
  const { family, space } = file.metadata;
  const axes = AXES.find((known) => known === file.metadata['axes']) ?? null;
  if (file.container !== 'safetensors' || (space !== 'raw' && space !== 'model')) return null;
  if (family === undefined || !isFamilyId(family)) return null;
  const { converted_from: from, converted_by: by } = file.metadata;
  const because =
    from === undefined || by === undefined
      ? 'its metadata names the family'
      : `made of a latent of ${from.slice(0, 40)} by ${by.slice(0, 80)}`;
  return { producer: 'LatentLift', tensors: [], families: [family], space, axes, because };
}

/** ai-toolkit's latent cache: model space, no batch axis (toolkit/dataloader_mixins.py). */
function aiToolkit(file: TensorFile): Claim | null {
  const version = file.metadata['latent_space_version'];
  if (file.container !== 'safetensors' || !file.tensors.has('latent') || version === undefined) return null;
  const family = familyOfName(version);
  return {
    producer: 'ai-toolkit latent cache',
    tensors: ['latent', ...namesLike(file, /^first_frame_latent$/)],
    families: family === null ? null : [family],
    space: 'model',
    axes: null,
    because: `its metadata says "${version.slice(0, 40)}"`,
  };
}

/** musubi-tuner's cache: keys `latents_[<F>x]<h>x<w>_<dtype>`, metadata `architecture` (dataset/cache_io.py). */
function musubi(file: TensorFile): Claim | null {
  const architecture = file.metadata['architecture'];
  const tensors = namesLike(file, /^latents_(\d+x)?\d+x\d+_/);
  if (file.container !== 'safetensors' || architecture === undefined || tensors.length === 0) return null;
  const family = familyOfName(architecture);
  if (family === null) {
    throw new AppError(
      'latent/not-a-latent',
      `The cache is for the architecture "${architecture.slice(0, 40)}", whose latents are not supported; supported are ${FAMILIES_KNOWN}.`,
    );
  }
  return {
    producer: 'musubi-tuner latent cache',
    tensors: [...tensors, ...namesLike(file, /^latents_control_/)],
    families: [family],
    space: /z[._\- ]?image/i.test(architecture) ? 'raw' : 'model',
    axes: /^latents_\d+x\d+x\d+_/.test(tensors[0] as string) ? 'cthw' : null,
    because: `its metadata says "${architecture.slice(0, 40)}"`,
  };
}

/** sd-scripts' npz caches by the suffix of the file's name (library/strategy_*.py): family and space of each. */
const KOHYA = new Map(
  families.flatMap(({ id, kohyaSuffixes }) =>
    Object.entries(kohyaSuffixes).map(([suffix, space]) => [suffix, { family: id, space }] as const),
  ),
);

function kohya(file: TensorFile, fileName: string): Claim | null {
  const tensors = namesLike(file, /^latents(_\d+x\d+)?$/);
  if (file.container !== 'npz' || tensors.length === 0) return null;
  const ending = /_([a-z0-9]+)\.npz$/i.exec(fileName)?.[1]?.toLowerCase() ?? '';
  const named = KOHYA.get(ending);
  if (named === undefined && namesLike(file, /^original_size/).length === 0) return null;
  const isFourChannels = file.tensors.get(tensors[0] as string)?.shape[0] === 4;
  return {
    producer: 'sd-scripts latent cache',
    tensors: [...tensors, ...namesLike(file, /^latents_flipped/)],
    families: named === undefined ? null : [named.family],
    // Older caches have no suffix; then only SD1 and SDXL existed, and both are raw.
    space: named?.space ?? (isFourChannels ? 'raw' : null),
    axes: null,
    because: named === undefined ? null : `its name ends in "_${ending}.npz"`,
  };
}

/** OneTrainer's cache: a dict with `latent_image`, the raw posterior mean (modules/dataLoader). */
function oneTrainer(file: TensorFile): Claim | null {
  const tensors = namesLike(file, /(^|\.)latent_image$/);
  if (file.container !== 'torch' || tensors.length === 0) return null;
  return { producer: 'OneTrainer cache', tensors, families: null, space: 'raw', axes: null, because: null };
}

/** ComfyUI's in-memory form {'samples': t} saved by hand: the values are what SaveLatent would write. */
function samples(file: TensorFile): Claim | null {
  const tensors = namesLike(file, /(^|\.)samples$/);
  const [first] = tensors;
  if (file.container !== 'torch' || first === undefined) return null;
  const space = patchedIn(file.tensors.get(first))?.comfy.space ?? null;
  return { producer: "dict with 'samples'", tensors, families: null, space, axes: null, because: null };
}

/** TAESD's 8-bit storage: x = (u8 / 255 - 0.5) * 6, model space (madebyollin/taesd, latent_magnitude and latent_shift). */
function taesdPng(file: TensorFile): Claim | null {
  if (file.container !== 'png') return null;
  return {
    producer: '8-bit latent PNG',
    tensors: [''],
    families: null,
    space: 'model',
    axes: 'hwc',
    because: null,
  };
}

/** A family named by the file's own name: a weak mark, where nothing else claims. */
function byFileName(fileName: string): Claim | null {
  const family = familyOfName(fileName);
  if (family === null) return null;
  return {
    producer: '',
    tensors: [],
    families: [family],
    space: null,
    axes: null,
    because: "the file's name says so",
  };
}

/** The first writer whose marks fit, or null. Throws latent/not-a-latent for a cache of an architecture without a family here. */
export function recogniseProducer(file: TensorFile, fileName: string): Claim | null {
  return (
    comfy(file) ??
    ours(file) ??
    aiToolkit(file) ??
    musubi(file) ??
    kohya(file, fileName) ??
    oneTrainer(file) ??
    samples(file) ??
    taesdPng(file) ??
    byFileName(fileName)
  );
}

const TEXT_ENCODER_KEYS =
  /^(hidden_state[12]?|pool2|lg_out|t5_out|l_pooled|t5_attn_mask|txt_ids|input_ids|attention_mask|prompt_embeds?|pooled_prompt_embeds|(text|vl|llama|t5|ctx)_?(embeds?|vec|mask)|varlen_)/;

/** The name of one of the weights where most of a file's tensors are a network's; null where they are not. */
export function networkTensor(file: TensorFile): string | null {
  const names = [...file.tensors.keys()];
  const weights = names.filter((name) => /(^|\.)(weight|bias|running_mean)$/.test(name));
  const isNetwork = weights.length >= 2 && weights.length * 2 > names.length;
  return isNetwork ? (weights[0] ?? null) : null;
}

/** Why weights are refused where a latent was asked for. */
export const networkRefusal = (tensors: number, example: string): AppError =>
  new AppError(
    'latent/not-a-latent',
    `The file holds ${tensors} tensors of a network (such as "${example.slice(0, 60)}"), not a latent; add it under Models instead.`,
  );

/** Throws where the file is known to be something else: a network's weights, or a trainer's text-encoder cache. */
export function refuseOtherFiles(file: TensorFile, fileName: string): void {
  const names = [...file.tensors.keys()];
  const weight = networkTensor(file);
  if (weight !== null) throw networkRefusal(names.length, weight);
  const isText = /_te\d?(_outputs)?\.(npz|safetensors|pt)$/i.test(fileName) || /_te_outputs/i.test(fileName);
  if (isText || (names.length > 0 && names.every((name) => TEXT_ENCODER_KEYS.test(name)))) {
    throw new AppError(
      'latent/not-a-latent',
      "The file is a trainer's text-encoder cache, not a latent; drop the latent cache that lies beside it.",
    );
  }
}
