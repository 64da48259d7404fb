import { describe, expect, it } from 'vitest';
import { generationOf, keptTexts } from './generation-text.ts';

const comfy = JSON.stringify({
  3: { class_type: 'KSampler', inputs: { seed: 42, steps: 20, cfg: 3.5, model: ['4', 0] } },
  4: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'flux2-dev.safetensors' } },
  6: { class_type: 'CLIPTextEncode', inputs: { text: 'a cat on a shelf', clip: ['4', 1] } },
  7: { class_type: 'CLIPTextEncode', inputs: { text: '' } },
});

describe('what a file says of how it was made', () => {
  it('is told in a few words from ComfyUI’s graph', () => {
    const generation = generationOf({ workflow: '{"nodes":[]}', prompt: comfy });
    expect(generation?.summary).toEqual([
      { label: 'Seed', value: '42' },
      { label: 'Steps', value: '20' },
      { label: 'CFG', value: '3.5' },
      { label: 'Model', value: 'flux2-dev.safetensors' },
      { label: 'Text', value: 'a cat on a shelf' },
    ]);
    expect(generation?.texts.map(({ label, fileName }) => [label, fileName])).toEqual([
      ['ComfyUI prompt', 'prompt.json'],
      ['ComfyUI workflow', 'workflow.json'],
    ]);
  });

  it('is told from A1111’s text', () => {
    const parameters =
      'a cat, a shelf\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512, Model: v1-5';
    expect(generationOf({ parameters })?.summary.map(({ label, value }) => `${label}=${value}`)).toEqual([
      'Text=a cat, a shelf',
      'Negative=blurry',
      'Steps=20',
      'Sampler=Euler a',
      'CFG scale=7',
      'Seed=1',
      'Size=512x512',
      'Model=v1-5',
    ]);
    expect(generationOf({ parameters: 'only words' })?.summary).toEqual([
      { label: 'Text', value: 'only words' },
    ]);
  });

  it('is nothing where there are no texts, and survives nonsense', () => {
    expect(generationOf({})).toBeNull();
    expect(generationOf({ prompt: '  ' })).toBeNull();
    for (const prompt of ['{', '[1]', 'null', '{"a":1}', '{"a":{"inputs":[]}}']) {
      expect(generationOf({ prompt })?.summary).toEqual([]);
    }
  });

  it('is kept but for what the file says of its own form', () => {
    expect(
      keptTexts({ prompt: comfy, family: 'flux2', space: 'model', architecture: 'flux', parameters: 'x' }),
    ).toEqual({
      prompt: comfy,
      parameters: 'x',
    });
  });
});
