import { ByteBudget } from '../container/byte-budget.ts';
import { readNpz } from '../container/npz.ts';
import type { Container } from './container.ts';

export const npz: Container = {
  kind: 'npz',
  title: 'NumPy .npz',
  listed: '.npz',
  extensions: ['npz'],
  weightExtensions: [],
  trustsExtension: false,
  head: null,
  matches: (file) => [...(file.members()?.keys() ?? [])].some((name) => name.endsWith('.npy')),
  read: (file) => readNpz(file.bytes, file.options, new ByteBudget(), file.members() ?? undefined),
};
