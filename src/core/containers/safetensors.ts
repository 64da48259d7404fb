import { readSafetensors, readSafetensorsHead, safetensorsHeadBytes } from '../container/safetensors.ts';
import type { Container } from './container.ts';

const BRACE = 0x7b;

export const safetensors: Container = {
  kind: 'safetensors',
  title: 'safetensors',
  listed: '.safetensors, ComfyUI .latent',
  extensions: ['safetensors', 'latent', 'sft'],
  weightExtensions: ['safetensors'],
  trustsExtension: true,
  head: {
    bytes: safetensorsHeadBytes,
    places: (head, totalBytes) => readSafetensorsHead(head, totalBytes).places,
  },
  // An 8-byte size stands before the header's first brace.
  matches: ({ bytes }) => bytes[8] === BRACE,
  read: ({ bytes }) => readSafetensors(bytes),
};
