import { readSafetensors } from '../container/safetensors.ts';
import type { Container } from './container.ts';

const BRACE = 0x7b;

export const safetensors: Container = {
  kind: 'safetensors',
  title: 'safetensors (.safetensors, .latent, .sft)',
  extensions: ['safetensors', 'latent', 'sft'],
  // An 8-byte size stands before the header's first brace.
  matches: ({ bytes }) => bytes[8] === BRACE,
  read: ({ bytes }) => readSafetensors(bytes),
};
