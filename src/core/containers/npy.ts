import { isNpy, readNpy } from '../container/npy.ts';
import type { Container } from './container.ts';

export const npy: Container = {
  kind: 'npy',
  title: 'NumPy .npy',
  listed: '.npy',
  extensions: ['npy'],
  weightExtensions: [],
  trustsExtension: false,
  head: null,
  matches: ({ bytes }) => isNpy(bytes),
  read: ({ bytes, options }) => readNpy(bytes, options),
};
