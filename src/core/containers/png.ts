import { isPng } from '../container/png-chunks.ts';
import { readPng8 } from '../container/png8.ts';
import type { Container } from './container.ts';

export const png: Container = {
  kind: 'png',
  title: '8-bit latent in a PNG (TAESD)',
  extensions: ['png'],
  matches: ({ bytes }) => isPng(bytes),
  read: ({ bytes }) => readPng8(bytes),
};
