import { describe, expect, it } from 'vitest';
import type { StoredWeights } from '../../contract/weights-library.ts';
import { pictureName } from '../show/export-names.ts';
import { paneCards } from '../show/pane-cards.ts';
import { verdictOf } from '../show/verdict.ts';
import { reduce } from '../state/reducer.ts';
import { type AppState, initialState } from '../state/state.ts';
import { MODELS, openItem } from '../testing/open-item.ts';
import { withChoice } from './models.ts';
import { describeMade, methodWord, upscalerName } from './network-names.ts';

const SESQUI = {
  id: 'user:3333333333333333',
  name: 'upscaler_Flux2.safetensors',
  address: null,
  sizeBytes: 12_000_000,
  sha256: '3'.repeat(64),
  networks: [
    {
      role: 'upscaler',
      architecture: 'sesqui-lsr',
      title: 'SesquiLSR, x2, 32 channels (FLUX.2)',
      families: ['flux2'],
      space: 'raw',
      channels: 32,
      scales: [2],
      parameters: 3_070_000,
    },
  ],
} as const satisfies StoredWeights;

function stateWith(weights: StoredWeights | null): AppState {
  const opened = [
    { type: 'models-listed', models: MODELS } as const,
    { type: 'item-opened', item: openItem(1), isSelected: true } as const,
  ].reduce(reduce, initialState('auto'));
  if (weights === null) return opened;
  const storage = {
    weights: [weights],
    unfinished: [],
    medium: 'opfs',
    usedBytes: 1,
    freeBytes: null,
  } as const;
  const choices = withChoice({}, 'flux2', 'upscaler', weights.id);
  return { ...opened, models: { ...opened.models, storage, choices } };
}

describe('the name of the network that enlarges', () => {
  it('is LUA where the built-in weights run', () => {
    const state = stateWith(null);
    expect(upscalerName(state, 'flux2')).toBe('LUA');
    expect(describeMade(state, openItem(1), 'lua-2').title).toBe('LUA');
    expect(methodWord('lua-2', 'LUA')).toBe('lua-2');
  });

  it('is that of the chosen weights, in captions, in the verdict and in file names', () => {
    const state = stateWith(SESQUI);
    const [, two] = paneCards(state);
    expect(two).toMatchObject({ key: 'lua-2', title: 'SesquiLSR' });
    expect(verdictOf(state).text).toMatch(/^SesquiLSR 2× against stretching/);
    expect(pictureName(openItem(3), 'lua-2', 'png', 'SesquiLSR')).toBe('file-3-sesquilsr-2x.png');
    expect(methodWord('lua-4', 'SD-Latent-Upscaler')).toBe('sd-latent-upscaler-4');
    expect(methodWord('pixel-bicubic-2', 'SesquiLSR')).toBe('pixel-bicubic-2');
  });

  it('is LUA for LUA’s weights of another, too', () => {
    const [network] = SESQUI.networks;
    const title = 'LUA upscaler, x2 and x4, 16 channels (FLUX.1 or SD 3 or Wan/Qwen)';
    expect(upscalerName(stateWith({ ...SESQUI, networks: [{ ...network, title }] }), 'flux2')).toBe('LUA');
  });
});
