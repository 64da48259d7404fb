import { readTorch } from '../container/torch.ts';
import type { Container } from './container.ts';

export const torch: Container = {
  kind: 'torch',
  title: 'PyTorch',
  listed: 'PyTorch .pt and .pth',
  extensions: ['pt', 'pth', 'ckpt', 'bin'],
  weightExtensions: ['pth', 'pt', 'ckpt'],
  trustsExtension: false,
  head: null,
  matches: (file) =>
    [...(file.members()?.keys() ?? [])].some((name) => name === 'data.pkl' || name.endsWith('/data.pkl')),
  read: (file) => readTorch(file.bytes, () => file.members()),
};
