import { describe, expect, it } from 'vitest';
import { parseManifest } from './model-manifest.ts';

const file = { file: 'a.safetensors', sizeBytes: 12, sha256: 'ab'.repeat(32) };
const model = {
  ...file,
  id: 'flux2-lua',
  family: 'flux2',
  role: 'upscaler',
  architecture: 'swinir',
  precision: 'f16',
  space: 'model',
  scales: [2, 4],
  licence: 'Apache-2.0',
  provenance: 'training/',
  quality: { lua2Psnr: 26.5 },
};
const manifest = { version: 1, models: [model], selfTest: file };

describe('parseManifest', () => {
  it('takes a good manifest as it is', () => {
    expect(parseManifest(manifest)).toEqual(manifest);
  });

  it.each([
    ['a later version', { ...manifest, version: 2 }, '"version"'],
    ['no models', { ...manifest, models: {} }, '"models"'],
    ['a model that is no object', { ...manifest, models: [3] }, 'model 1 is not an object'],
    ['an unknown role', { ...manifest, models: [{ ...model, role: 'painter' }] }, '"role" of model 1'],
    ['a file outside the folder', { ...manifest, models: [{ ...model, file: '../a' }] }, '"file" of model 1'],
    ['a short hash', { ...manifest, models: [model, { ...model, sha256: 'ab' }] }, '"sha256" of model 2'],
    ['a scale of 3', { ...manifest, models: [{ ...model, scales: [3] }] }, '"scales" of model 1'],
    ['quality in words', { ...manifest, models: [{ ...model, quality: { psnr: 'good' } }] }, '"quality"'],
    [
      'a self-test without size',
      { ...manifest, selfTest: { ...file, sizeBytes: 0 } },
      '"sizeBytes" of the self-test',
    ],
  ])('refuses %s and names the place', (_name, json, where) => {
    expect(() => parseManifest(json)).toThrow(where);
  });
});
