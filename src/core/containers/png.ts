import { isPng } from '../container/png-chunks.ts';
import { readPng8 } from '../container/png8.ts';
import type { Container } from './container.ts';

export const png: Container = {
  kind: 'png',
  title: '8-bit PNG',
  listed: '8-bit latent PNG',
  extensions: ['png'],
  weightExtensions: [],
  trustsExtension: false,
  head: null,
  matches: ({ bytes }) => isPng(bytes),
  read: ({ bytes }) => readPng8(bytes),
};
