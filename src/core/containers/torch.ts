import { isLegacyTorch, readTorch } from '../container/torch.ts';
import type { Container } from './container.ts';

export const torch: Container = {
  kind: 'torch',
  title: 'PyTorch file (.pt, .pth, .ckpt)',
  extensions: ['pt', 'pth', 'ckpt', 'bin'],
  // Files from before PyTorch 1.6 are known, and refused with what to do.
  matches: (file) =>
    isLegacyTorch(file.bytes) ||
    [...(file.members()?.keys() ?? [])].some((name) => name === 'data.pkl' || name.endsWith('/data.pkl')),
  read: (file) => readTorch(file.bytes, () => file.members()),
};
