import { describe, expect, it } from 'vitest';
import { reduce } from '../state/reducer.ts';
import { type Activity, type AppState, initialState } from '../state/state.ts';
import { openItem } from '../testing/open-item.ts';
import { describeStatus } from './status.ts';

const activity: Activity = {
  what: 'pane',
  itemId: 1,
  key: 'lua-4',
  step: 'decode',
  tile: 3,
  tiles: 9,
  file: '',
  loadedBytes: 0,
  totalBytes: 0,
};

const busy = (change: Partial<Activity>): AppState =>
  reduce(reduce(initialState('auto'), { type: 'item-opened', item: openItem(1), isSelected: true }), {
    type: 'activity-changed',
    activity: { ...activity, ...change },
  });

describe('the status line', () => {
  it('counts tiles', () => {
    const status = describeStatus(busy({}));
    expect(status).toMatchObject({
      tone: 'busy',
      text: 'LUA 4×: decoding, 3 of 9 tiles done',
      canCancel: true,
    });
    expect(status.progress).toBeCloseTo(1 / 3);
  });

  it('tells what is left of a step, as its finished tiles tell it', () => {
    expect(describeStatus(busy({ stepMs: 60_000 })).text).toBe(
      'LUA 4×: decoding, 3 of 9 tiles done (about 40 s left)',
    );
    expect(describeStatus(busy({ stepMs: 900 })).text).toBe('LUA 4×: decoding, 3 of 9 tiles done');
  });

  it('counts bytes', () => {
    const status = describeStatus(
      busy({ what: 'load', step: 'fetch', file: 'a.safetensors', loadedBytes: 1.5e6, totalBytes: 3e6 }),
    );
    expect(status).toMatchObject({ text: 'Fetching a.safetensors: 1.5 MB of 3.0 MB', progress: 0.5 });
  });

  it('counts several files as one download', () => {
    const state = busy({
      what: 'load',
      step: 'fetch',
      file: 'lua',
      files: 2,
      loadedBytes: 4.2e6,
      totalBytes: 22e6,
    });
    expect(describeStatus(state).text).toBe('Downloading the models: 4.2 MB of 22.0 MB');
  });

  it('keeps an error in view while work goes on, and the work can still be cancelled', () => {
    const state = reduce(busy({}), { type: 'notice-changed', notice: { tone: 'error', text: 'No latent.' } });
    expect(describeStatus(state)).toMatchObject({ tone: 'error', text: 'No latent.', canCancel: true });
  });

  it('names a download that has stalled, says for how long and what can be done', () => {
    const change = {
      what: 'load',
      step: 'fetch',
      file: 'a.safetensors',
      loadedBytes: 1.5e6,
      totalBytes: 3e6,
    } as const;
    const { text, canCancel } = describeStatus(busy({ ...change, silentMs: 12_400 }));
    expect(text).toBe(
      'Fetching a.safetensors: 1.5 MB of 3.0 MB, but nothing has come for 12 s. Wait, or cancel and try again.',
    );
    expect(canCancel).toBe(true);
  });

  it('forgets an error once its work is tried again', () => {
    const message = 'The worker has ended.';
    const notice = { tone: 'error', text: message } as const;
    const failedPane = reduce(busy({}), { type: 'pane-failed', id: 1, key: 'lua-4', message });
    const shown = reduce(failedPane, { type: 'notice-changed', notice });
    expect(reduce(shown, { type: 'item-resumed', id: 1 }).notice).toBeNull();
    expect(reduce(shown, { type: 'pane-asked', id: 1, key: 'lua-4' }).notice).toBeNull();
    const failedEngine = reduce(busy({}), { type: 'engine-failed', message });
    expect(
      reduce(reduce(failedEngine, { type: 'notice-changed', notice }), { type: 'engine-retried' }).notice,
    ).toBeNull();
  });

  it('keeps an error that is about something else when work is tried again', () => {
    const notice = { tone: 'error', text: 'No latent.' } as const;
    const shown = reduce(busy({}), { type: 'notice-changed', notice });
    expect(reduce(shown, { type: 'item-resumed', id: 1 }).notice).toEqual(notice);
  });

  it('invites before anything is open', () => {
    expect(describeStatus(initialState('auto')).text).toContain('Drop a latent');
  });
});
