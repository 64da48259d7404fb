import { isNpy, readNpy } from '../container/npy.ts';
import type { Container } from './container.ts';

export const npy: Container = {
  kind: 'npy',
  title: 'NumPy array (.npy)',
  extensions: ['npy'],
  matches: ({ bytes }) => isNpy(bytes),
  read: ({ bytes, options }) => readNpy(bytes, options),
};
