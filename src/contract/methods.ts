import type { Kernel } from '../core/resample.ts';
import type { Role } from '../core/role.ts';

/** One way to come from a latent to the picture of a pane; every one ends with, or starts with, one decode. */
export interface MethodEntry {
  readonly id: string;
  readonly title: string;
  readonly explanation: string;
  /** What is enlarged: the latent before its decode, or the decoded pixels. */
  readonly domain: 'latent' | 'pixel';
  /** False for the plain decode, the only one at scale 1; the others exist at 2 and 4. */
  readonly isEnlarging: boolean;
  /** The network that enlarges, beside the decoder that all need. */
  readonly role: Role | null;
  /** The filter that enlarges where no network does. */
  readonly kernel: Kernel | null;
  /** An honest rival of LUA, computed on demand. */
  readonly isBaseline: boolean;
}

/** Every method, in display order. Panes, sentences, pipeline and toolbar read from here. */
export const METHODS = [
  {
    id: 'decode',
    title: 'Decoded',
    explanation: 'The latent as it is, through the decoder',
    domain: 'latent',
    isEnlarging: false,
    role: null,
    kernel: null,
    isBaseline: false,
  },
  {
    id: 'lua',
    title: 'LUA',
    explanation: 'Upscaled in latent space, then decoded once',
    domain: 'latent',
    isEnlarging: true,
    role: 'upscaler',
    kernel: null,
    isBaseline: false,
  },
  {
    id: 'latent-bicubic',
    title: 'Latent bicubic',
    explanation: 'Bicubic on the latent, then decoded',
    domain: 'latent',
    isEnlarging: true,
    role: null,
    kernel: 'bicubic',
    isBaseline: true,
  },
  {
    id: 'pixel-bicubic',
    title: 'Pixel bicubic',
    explanation: 'Decoded at 1×, then bicubic on the pixels',
    domain: 'pixel',
    isEnlarging: true,
    role: null,
    kernel: 'bicubic',
    isBaseline: true,
  },
  {
    id: 'pixel-lanczos',
    title: 'Pixel Lanczos',
    explanation: 'Decoded at 1×, then Lanczos-3 on the pixels',
    domain: 'pixel',
    isEnlarging: true,
    role: null,
    kernel: 'lanczos3',
    isBaseline: true,
  },
  {
    id: 'pixel-upscaler',
    title: 'Pixel network',
    explanation: 'Decoded at 1×, then a pixel-space network',
    domain: 'pixel',
    isEnlarging: true,
    role: 'pixel-upscaler',
    kernel: null,
    isBaseline: true,
  },
] as const satisfies readonly MethodEntry[];

export type Method = (typeof METHODS)[number]['id'];

const BY_ID = new Map<string, MethodEntry>(METHODS.map((method) => [method.id, method]));

/** What is known of a method; of a name that is none (from an address bar, say), null. */
export const findMethod = (id: string): (MethodEntry & { readonly id: Method }) | null =>
  (BY_ID.get(id) as (MethodEntry & { readonly id: Method }) | undefined) ?? null;

export function methodOf(id: Method): MethodEntry {
  const method = findMethod(id);
  if (method === null) throw new Error(`no method is called "${id}"`);
  return method;
}
