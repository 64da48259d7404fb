import { type JsonLimits, judgeJson } from '../container/json-limits.ts';
import type { Family } from '../families/family.ts';
import { FAMILIES, type FamilyId } from '../families/index.ts';
import { isRecord } from '../is-record.ts';

const all: readonly Family<FamilyId>[] = FAMILIES;

/** The families, the most telling names first. */
const BY_PRECEDENCE = [...all].sort((a, b) => b.names.precedence - a.names.precedence);

/** The family that a model's name speaks of (a file name, a trainer's architecture; never free text such as a prompt), or null. */
export function familyOfName(name: string): FamilyId | null {
  const lower = name.toLowerCase();
  return BY_PRECEDENCE.find(({ names }) => names.pattern.test(lower))?.id ?? null;
}

/** The family that a file of weights is named after: by the family's words, or its tiny autoencoder's; null for none. */
export function familyOfWeights(name: string): FamilyId | null {
  const tiny = all.find(({ autoencoders }) => autoencoders.tiny?.names?.test(name.toLowerCase()) === true);
  return tiny?.id ?? familyOfName(name);
}

/** The family that SD-Latent-Interposer's files call so; null for Stable Cascade ("ca"), which is none that is known here. */
const familyInterposed = (name: string | undefined): FamilyId | null =>
  all.find(({ interposerName }) => interposerName !== undefined && interposerName === name)?.id ?? null;

/** From which family to which an interposer leads by its file's name ("xl-to-v1_interposer-v4.0.safetensors"); null where it does not say. */
export function conversionOfName(
  name: string,
): { readonly from: FamilyId | null; readonly to: FamilyId | null } | null {
  const match = /(?:^|[^a-z0-9])([a-z][a-z0-9])-to-([a-z][a-z0-9])(?![a-z0-9])/.exec(name.toLowerCase());
  return match === null ? null : { from: familyInterposed(match[1]), to: familyInterposed(match[2]) };
}

/** The family that alone uses a ComfyUI node of this class; EmptySD3LatentImage, for instance, serves many. */
const familyOfNode = (title: string): FamilyId | null =>
  all.find(({ nodes }) => nodes?.test(title) === true)?.id ?? null;

/** A ComfyUI graph longer than this is not looked at: the largest workflows have about 1 MB. */
const MAX_GRAPH_CHARS = 4_000_000;

/** A graph is nodes with inputs; the levels leave room for what custom nodes keep in theirs. */
const GRAPH_LIMITS: JsonLimits = { depth: 64, members: 400_000 };

/** Node inputs that name model files, the VAE's first: it decides the latent's family. Text encoders serve many families. */
const MODEL_INPUTS = ['vae_name', 'ckpt_name', 'unet_name', 'model_name'];

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
  const told = [
    ...files.filter(isText).map((name) => ({ name, family: familyOfName(name) })),
    ...classes.map((name) => ({ name, family: familyOfNode(name) })),
  ];
  for (const { name, family } of told) if (family !== null) return { family, name };
  return null;
}
