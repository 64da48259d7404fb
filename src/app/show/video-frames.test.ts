import { describe, expect, it } from 'vitest';
import { writeSafetensors } from '../../core/container/write-safetensors.ts';
import { openFile } from '../../core/open-file.ts';
import { reduce } from '../state/reducer.ts';
import { type AppState, type Item, initialState, type LatentSource } from '../state/state.ts';
import { openItem } from '../testing/open-item.ts';
import { TAEF2 } from '../testing/stored-weights.ts';
import { frameAt, pictureNumber, videoFrames } from './video-frames.ts';

/** Wan's latent of three frames. */
function videoItem(): Item & { readonly source: LatentSource } {
  const shape = [1, 16, 3, 4, 5];
  const bytes = writeSafetensors(
    [{ name: 'latent', dtype: 'F32', shape, bytes: new Uint8Array(4 * 960).fill(1) }],
    {
      family: 'wan',
      space: 'model',
      axes: 'bcthw',
    },
  );
  const opened = openFile(new Uint8Array(bytes), 'walk.safetensors');
  if (opened.kind !== 'latent') throw new Error('the video is no latent');
  const { file, reading, latent } = opened;
  const source = { kind: 'latent', file, reading, override: {}, sizeBytes: bytes.length } as const;
  return { ...openItem(1, latent), source };
}

const item = videoItem();
const state: AppState = reduce(initialState('auto'), { type: 'item-opened', item, isSelected: true });
const [network] = TAEF2.networks;
const weights = { ...TAEF2, networks: [{ ...network, families: ['wan'], channels: 16 } as const] };
const withDecoder: AppState = {
  ...state,
  models: {
    ...state.models,
    storage: { weights: [weights], unfinished: [], medium: 'memory', usedBytes: 0, freeBytes: null },
    choices: { wan: { decoder: weights.id } },
  },
};

/** The item with its scrubber at a place. */
function at(index: number): Item & { readonly source: LatentSource } {
  const frames = videoFrames(withDecoder, item);
  if (frames === null) throw new Error('no video');
  const { source } = item;
  const { frame, ...override } = frameAt(frames, index);
  const layout = { ...source.reading.layout, frame: frame ?? 0 };
  return { ...item, source: { ...source, override, reading: { ...source.reading, layout } } };
}

describe('the scrubber of a video', () => {
  it('counts layers one by one, decoder or not', () => {
    const { source } = item;
    const layout = { ...source.reading.layout, axes: 'bclhw', frame: 2 } as const;
    const override = { frame: 2, moment: 1 };
    const layered = { ...item, source: { ...source, override, reading: { ...source.reading, layout } } };
    expect(videoFrames(withDecoder, layered)).toEqual({ index: 2, count: 3, perFrame: 1, areLayers: true });
    expect(pictureNumber(layered.source)).toBe(3);
  });

  it('counts the latent’s frames as long as nothing decodes them', () => {
    const frames = videoFrames(state, item);
    expect(frames).toEqual({ index: 0, count: 3, perFrame: 1, areLayers: false });
    expect(frames && frameAt(frames, 2)).toEqual({ frame: 2 });
  });

  it('counts pictures with a decoder, one of the first frame and four of each other', () => {
    const frames = videoFrames(withDecoder, item);
    expect(frames).toEqual({ index: 0, count: 9, perFrame: 4, areLayers: false });
    for (let index = 0; index < 9; index += 1) {
      expect(videoFrames(withDecoder, at(index))?.index).toBe(index);
      expect(pictureNumber(at(index).source)).toBe(index + 1);
    }
    expect(frames && [0, 1, 4, 5].map((index) => frameAt(frames, index))).toEqual([
      { frame: 0, moment: 3 },
      { frame: 1, moment: 0 },
      { frame: 1, moment: 3 },
      { frame: 2, moment: 0 },
    ]);
  });

  it('stands at a frame’s last picture where none was asked for, as the decoder does', () => {
    const { source } = item;
    const layout = { ...source.reading.layout, frame: 2 };
    const second = { ...item, source: { ...source, reading: { ...source.reading, layout } } };
    expect(videoFrames(withDecoder, second)?.index).toBe(8);
  });

  it('is there for videos alone', () => {
    expect(videoFrames(state, openItem(2))).toBeNull();
  });
});
