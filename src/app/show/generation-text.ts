import { isRecord } from '../../core/is-record.ts';
import { itemsWords } from '../../words/items.ts';

/** One text that came with a file, for reading and copying. */
export interface GenerationText {
  readonly key: string;
  readonly label: string;
  readonly text: string;
  /** Under which name it is saved by itself; null for what is no file. */
  readonly fileName: string | null;
}

/** What a file says of how it was made. */
export interface Generation {
  /** What matters to most, told from ComfyUI's graph or A1111's line: prompts, model, sampler, seed. */
  readonly summary: readonly { readonly label: string; readonly value: string }[];
  readonly texts: readonly GenerationText[];
}

/** What says how a picture came about, and so goes into whatever is made of it; a container's own marks do not. */
const KEPT =
  /^(parameters|prompt|workflow|extra_pnginfo|invokeai_(metadata|graph|workflow)|sd-metadata|dream|Comment|Description|Title|Author|Copyright)$/i;

/** The part of a file's texts that is kept in what is saved. */
export const keptTexts = (metadata: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(metadata).filter(([key, text]) => KEPT.test(key) && text !== ''));

/** What a file's texts say, for people; null where there are none. Whatever the texts hold, it does not throw. */
export function generationOf(metadata: Readonly<Record<string, string>>): Generation | null {
  const order = ['parameters', 'prompt', 'workflow'];
  const labels: Readonly<Record<string, string>> = itemsWords().labels;
  const rank = (key: string): number => (order.includes(key) ? order.indexOf(key) : order.length);
  const texts = Object.entries(metadata)
    .filter(([, text]) => text.trim() !== '')
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([key, text]) => {
      const isJson = /^\s*[[{]/.test(text);
      const isOurs = key in labels;
      return { key, label: labels[key] ?? key, text, fileName: isOurs && isJson ? `${key}.json` : null };
    });
  if (texts.length === 0) return null;
  const { prompt, parameters } = metadata;
  return { summary: [...fromComfy(prompt), ...fromParameters(parameters)].slice(0, 12), texts };
}

type Line = Generation['summary'][number];

const LONG = 400;
const cut = (text: string): string => (text.length > LONG ? `${text.slice(0, LONG)}…` : text);

/** ComfyUI's API graph: nodes by id, each with its class and inputs. */
function fromComfy(text: string | undefined): Line[] {
  let graph: unknown;
  try {
    graph = JSON.parse(text ?? '');
  } catch {
    return [];
  }
  if (!isRecord(graph)) return [];
  const lines: Line[] = [];
  for (const node of Object.values(graph)) {
    const inputs = isRecord(node) && isRecord(node['inputs']) ? node['inputs'] : {};
    for (const [name, value] of Object.entries(inputs)) {
      const label = labelOf(name);
      if (
        label !== null &&
        (typeof value === 'string' || typeof value === 'number') &&
        String(value) !== ''
      ) {
        lines.push({ label, value: cut(String(value)) });
      }
    }
  }
  const isNew = ({ label, value }: Line, index: number): boolean =>
    lines.findIndex((other) => other.label === label && other.value === value) === index;
  return lines.filter(isNew);
}

function labelOf(input: string): string | null {
  if (/^(text|text_g|clip_l|t5xxl)$/.test(input)) return itemsWords().text;
  if (/^(ckpt|unet)_name$/.test(input)) return itemsWords().model;
  if (/^lora_name$/.test(input)) return 'LoRA';
  if (/^(noise_)?seed$/.test(input)) return itemsWords().seed;
  if (/^(steps|cfg|guidance|sampler_name|scheduler)$/.test(input)) return nameOf(input);
  return null;
}

function nameOf(input: string): string {
  const { steps, guidance, sampler, scheduler } = itemsWords();
  return { steps, cfg: 'CFG', guidance, sampler_name: sampler, scheduler }[input] ?? input;
}

/** A1111's text: the prompt, "Negative prompt: ...", then one line of "Name: value" pairs. */
function fromParameters(text: string | undefined): Line[] {
  if (text === undefined) return [];
  const [, prompt = '', negative = '', settings = ''] =
    /^([\s\S]*?)(?:\nNegative prompt: ([\s\S]*?))?(?:\n(Steps: [^\n]*))?$/.exec(text.trim()) ?? [];
  const pairs = [...settings.matchAll(/(Steps|Sampler|CFG scale|Seed|Size|Model): ([^,]+)/g)];
  return [
    ...(prompt === '' ? [] : [{ label: itemsWords().text, value: cut(prompt) }]),
    ...(negative === '' ? [] : [{ label: itemsWords().negative, value: cut(negative) }]),
    ...pairs.map(([, label = '', value = '']) => ({ label, value: value.trim() })),
  ];
}
