import type { StoredWeights } from '../../contract/weights-library.ts';

/** TAEF2's decoder, as the library tells of it. */
export const TAEF2 = {
  id: 'user:2222222222222222',
  name: 'taef2_decoder.pth',
  address: null,
  sizeBytes: 2_704_756,
  sha256: '2'.repeat(64),
  networks: [
    {
      role: 'decoder',
      architecture: 'tiny-autoencoder',
      title: 'TAEF2 tiny decoder, 32 channels (FLUX.2)',
      families: ['flux2'],
      space: 'model',
      channels: 32,
      scales: [],
      parameters: 1_345_000,
    },
  ],
} as const satisfies StoredWeights;
