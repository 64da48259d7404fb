import { type JsonLimits, judgeJson } from '../container/json-limits.ts';
import type { FamilyId } from './latent.ts';

/**
 * Model names that belong to a family, most specific first (facts: comfy/supported_models.py says which VAE each model uses).
 * A name is a file name, a trainer's architecture, or a node's class; never free text such as a prompt.
 */
const NAMES: readonly (readonly [FamilyId, RegExp])[] = [
  ['flux2', /flux[._\- ]?2|klein|ernie[._\- ]?image|ideogram[._\- ]?4|mage[._\- ]?flow/],
  ['wan', /(^|[^a-z])wan|qwen|anima(?![a-z])|cosmos[._\- ]?predict[._\- ]?2|krea[._\- ]?2/],
  [
    'flux1',
    /flux|chroma|hidream|z[._\- ]?image|lumina|omnigen[._\- ]?2|longcat|kandinsky[._\- ]?5|(^|[/\\])ae\.(safetensors|sft)$/,
  ],
  ['sd3', /sd[._\- ]?3|stable[._\- ]?diffusion[._\- ]?3/],
  ['playground', /playground/],
  [
    'sdxl',
    /(^|[^x])xl|pony|illustrious|noobai|pixart[._\- ]?sigma|aura[._\- ]?flow|hunyuan[._\- ]?dit|ssd[._\- ]?1b/,
  ],
  ['sana', /(^|[^a-z])sana|dc[._\- ]?ae/],
  [
    'sd1',
    /sd[._\- ]?(v?[12])|(^|[^0-9])(v1[._\- ]?[45]|1[._]5|v2[._\- ]?1)|stable[._\- ]?diffusion|vae-ft-mse|pixart/,
  ],
];

/** The family that a model's name speaks of, or null. */
export function familyOfName(name: string): FamilyId | null {
  const lower = name.toLowerCase();
  return NAMES.find(([, pattern]) => pattern.test(lower))?.[0] ?? null;
}

/** A ComfyUI graph longer than this is not looked at: the largest workflows have about 1 MB. */
const MAX_GRAPH_CHARS = 4_000_000;

/** A graph is nodes with inputs; the levels leave room for what custom nodes keep in theirs. */
const GRAPH_LIMITS: JsonLimits = { depth: 64, members: 400_000 };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Node inputs that name model files, the VAE's first: it decides the latent's family. Text encoders serve many families. */
const MODEL_INPUTS = ['vae_name', 'ckpt_name', 'unet_name', 'model_name'];

/** Nodes that one family alone uses; EmptySD3LatentImage and ModelSamplingSD3, for instance, serve many. */
const TELLING_NODES =
  /^(CLIPTextEncode(Flux|SDXL|SD3)|FluxGuidance|ModelSamplingFlux|Wan\w+|TextEncodeQwen\w*)/;

/**
 * The family that a ComfyUI prompt (the `prompt` metadata: {id: {class_type, inputs}}) points to, with the name that says so.
 * Only file names and node classes count, so that a picture of a swan is not Wan. Null for anything unreadable.
 */
export function familyOfComfyPrompt(prompt: string): { family: FamilyId; name: string } | null {
  if (prompt.length > MAX_GRAPH_CHARS || judgeJson(prompt, GRAPH_LIMITS) === 'too-much') return null;
  let graph: unknown;
  try {
    graph = JSON.parse(prompt);
  } catch {
    return null;
  }
  if (!isRecord(graph)) return null;
  const nodes = Object.values(graph).filter(isRecord);
  const files = MODEL_INPUTS.flatMap((input) =>
    nodes.map(({ inputs }) => (isRecord(inputs) ? inputs[input] : undefined)),
  );
  const isText = (name: unknown): name is string => typeof name === 'string';
  const classes = nodes.map((node) => node['class_type']).filter(isText);
  for (const name of [...files.filter(isText), ...classes.filter((title) => TELLING_NODES.test(title))]) {
    const family = familyOfName(name);
    if (family !== null) return { family, name };
  }
  return null;
}
