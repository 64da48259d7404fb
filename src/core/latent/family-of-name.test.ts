import { describe, expect, it } from 'vitest';
import { familyOfComfyPrompt, familyOfName } from './family-of-name.ts';

describe('familyOfName', () => {
  it.each([
    ['sd_xl_base_1.0.safetensors', 'sdxl'],
    ['juggernautXL_v9.safetensors', 'sdxl'],
    ['ponyDiffusionV6XL.safetensors', 'sdxl'],
    ['animagine-xl-3.1.safetensors', 'sdxl'],
    ['playground-v2.5-1024px-aesthetic.safetensors', 'playground'],
    ['v1-5-pruned-emaonly.safetensors', 'sd1'],
    ['vae-ft-mse-840000-ema-pruned.safetensors', 'sd1'],
    ['sd3.5_large.safetensors', 'sd3'],
    ['stable-diffusion-3-medium', 'sd3'],
    ['flux1-dev.safetensors', 'flux1'],
    ['ae.safetensors', 'flux1'],
    ['z_image_turbo_bf16.safetensors', 'flux1'],
    ['Chroma1-HD.safetensors', 'flux1'],
    ['flux2-vae.safetensors', 'flux2'],
    ['flux.2-klein-4b', 'flux2'],
    ['flux_2_dev', 'flux2'],
    ['qwen_image_vae.safetensors', 'wan'],
    ['wan_2.1_vae.safetensors', 'wan'],
    ['Sana_1600M_1024px', 'sana'],
    // Traps.
    ['t5xxl_fp16.safetensors', null],
    ['swan_lake.npy', null],
    ['nirwana.safetensors', null],
    ['latents_0001.npy', null],
    ['stable_cascade_c.safetensors', null],
  ] as const)('%s is %s', (name, family) => {
    expect(familyOfName(name)).toBe(family);
  });
});

describe('familyOfComfyPrompt', () => {
  const node = (class_type: string, inputs: object = {}) => ({ class_type, inputs });
  const family = (...nodes: object[]): string | undefined =>
    familyOfComfyPrompt(JSON.stringify(Object.fromEntries(nodes.map((n, i) => [String(i), n]))))?.family;

  it('believes the VAE before the model', () => {
    const model = node('UNETLoader', { unet_name: 'flux1-dev.safetensors' });
    expect(family(model, node('VAELoader', { vae_name: 'qwen_image_vae.safetensors' }))).toBe('wan');
    expect(family(model)).toBe('flux1');
  });

  it('does not read prompts, text encoders or shared nodes', () => {
    expect(family(node('CLIPTextEncode', { text: 'a swan painted in flux, sdxl style' }))).toBeUndefined();
    expect(family(node('CLIPLoader', { clip_name: 't5xxl_fp16.safetensors' }))).toBeUndefined();
    expect(family(node('EmptySD3LatentImage'), node('ModelSamplingSD3'))).toBeUndefined();
  });

  it('knows the nodes that one family alone uses', () => {
    expect(family(node('CLIPTextEncodeSDXL', { text_g: 'x' }))).toBe('sdxl');
    expect(family(node('FluxGuidance'))).toBe('flux1');
  });

  it('is null for anything unreadable', () => {
    for (const text of [
      '',
      '{',
      '[]',
      'null',
      '{"1":5}',
      '{"1":{"inputs":null}}',
      '{"1":{"inputs":{"vae_name":["4",0]}}}',
    ]) {
      expect(familyOfComfyPrompt(text)).toBeNull();
    }
  });
});

describe('a ComfyUI prompt made to hurt', () => {
  const rows: [string, string][] = [
    ['a class that cannot be turned to text', '{"1":{"class_type":{"toString":1,"valueOf":1}}}'],
    ['a class nested 20,000 deep', `{"1":{"class_type":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`],
    ['a model name without text', '{"1":{"inputs":{"vae_name":{"toString":null}}}}'],
    ['a million levels', `${'{"a":'.repeat(600_000)}1${'}'.repeat(600_000)}`],
  ];
  it.each(rows)('says nothing, and breaks nothing, with %s', (_, prompt) => {
    expect(familyOfComfyPrompt(prompt)).toBeNull();
  });
});
