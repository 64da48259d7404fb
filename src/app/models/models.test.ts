import { describe, expect, test } from 'vitest';
import type { Backend } from '../../contract/engine.ts';
import type { Grade } from '../../contract/model-manifest.ts';
import type { StoredNetwork, StoredWeights } from '../../contract/weights-library.ts';
import { FAMILIES } from '../../core/families/index.ts';
import type { FamilyId } from '../../core/latent/latent.ts';
import { planFor, whyMissing } from '../run/next-task.ts';
import type { KnownWeights, ModelChoices } from '../state/models-state.ts';
import { reduce } from '../state/reducer.ts';
import { type AppState, initialState } from '../state/state.ts';
import { FAKE_DEVICE, flatLatent, loadReport } from '../testing/fake-engine-client.ts';
import { MODELS, openItem, WITH_FINE } from '../testing/open-item.ts';
import { describeAdded } from './describe-added.ts';
import { KNOWN_WEIGHTS } from './known-weights.ts';
import { parseChoices, parseGrade } from './model-choices.ts';
import { choicesWith, chosenFor, gradeInUse, offersScale, optionsFor, withChoice } from './models.ts';
import { knownRow, modelsContent, untriedNote } from './models-content.ts';

const network = (role: StoredNetwork['role'], families: readonly FamilyId[], change = {}): StoredNetwork => ({
  role,
  architecture: 'tiny-autoencoder',
  title: `${families.join(' or ')} ${role}`,
  families,
  space: 'model',
  channels: 4,
  scales: [],
  parameters: 1_345_678,
  ...change,
});

const weights = (digit: string, ...networks: StoredNetwork[]): StoredWeights => ({
  id: `user:${digit.repeat(16)}`,
  name: `${digit}.safetensors`,
  address: null,
  sizeBytes: 1000,
  sha256: digit.repeat(64),
  networks,
});

const taesd = weights('1', network('decoder', ['sd1', 'sdxl']));
const taef2 = weights('2', network('decoder', ['flux2'], { channels: 32 }));
const swinir = weights('3', network('pixel-upscaler', [], { channels: 3, scales: [4] }));

function stateWith(stored: readonly StoredWeights[], choices: ModelChoices = {}): AppState {
  const state = initialState('auto');
  return {
    ...state,
    engine: { ...state.engine, models: MODELS },
    models: {
      ...state.models,
      choices,
      storage: { weights: stored, unfinished: [], medium: 'opfs', usedBytes: 2000, freeBytes: 1e9 },
    },
  };
}

const sdxlLatent = { ...flatLatent(4, 4), channels: 4, family: 'sdxl' as const };

describe('which model fills a slot', () => {
  test('the built-in one, until another is chosen; and again when that is gone', () => {
    const choices = withChoice({}, 'flux2', 'decoder', taef2.id);
    expect(chosenFor(stateWith([taef2]), 'flux2', 'decoder')?.id).toBe('flux2-decoder');
    expect(chosenFor(stateWith([taef2], choices), 'flux2', 'decoder')?.id).toBe(taef2.id);
    expect(chosenFor(stateWith([], choices), 'flux2', 'decoder')?.id).toBe('flux2-decoder');
  });

  describe('where two decoders are built in', () => {
    const on = (backend: Backend, stored: readonly StoredWeights[] = []): AppState =>
      reduce(reduce(stateWith(stored), { type: 'models-listed', models: WITH_FINE }), {
        type: 'device-probed',
        device: { ...FAKE_DEVICE, backend },
      });
    const PLAN = { backend: 'auto', precision: 'auto', models: { decoder: 'flux2-decoder-fine' } } as const;
    const asked = (state: AppState, grade: Grade | null, choices: ModelChoices = {}): AppState =>
      reduce(state, { type: 'choices-changed', choices, grade });
    const used = (state: AppState): string | undefined => chosenFor(state, 'flux2', 'decoder')?.id;

    test('a GPU has the fine one and a CPU the fast one, until a person asks for the other', () => {
      expect([used(on('webgpu')), gradeInUse(on('webgpu'), 'flux2')]).toEqual(['flux2-decoder-fine', 'fine']);
      expect([used(on('wasm')), gradeInUse(on('wasm'), 'flux2')]).toEqual(['flux2-decoder', 'fast']);
      expect(used(asked(on('wasm'), 'fine'))).toBe('flux2-decoder-fine');
      expect(used(asked(on('webgpu'), 'fast'))).toBe('flux2-decoder');
    });

    test('a GPU that fails its test leaves the fast one; one that is lost later changes nothing', () => {
      const loaded = (state: AppState, backend: Backend): AppState =>
        reduce(state, { type: 'engine-loaded', plan: PLAN, report: { ...loadReport(PLAN), backend } });
      expect(used(loaded(on('webgpu'), 'wasm'))).toBe('flux2-decoder');
      expect(used(loaded(loaded(on('webgpu'), 'webgpu'), 'wasm'))).toBe('flux2-decoder-fine');
    });

    test('weights of one’s own are neither', () => {
      const state = asked(on('wasm', [taef2]), 'fine', withChoice({}, 'flux2', 'decoder', taef2.id));
      expect([used(state), gradeInUse(state, 'flux2')]).toEqual([taef2.id, null]);
    });

    test('a family without the two has nothing to choose', () => {
      expect(gradeInUse(stateWith([]), 'flux2')).toBeUndefined();
      expect(gradeInUse(on('wasm'), 'sdxl')).toBeUndefined();
    });
  });

  test('weights that fit several families are offered to each, and used by none unasked', () => {
    const state = stateWith([taesd]);
    expect(optionsFor(state, 'sdxl', 'decoder').map(({ id }) => id)).toEqual([taesd.id]);
    expect(chosenFor(state, 'sdxl', 'decoder')).toBeNull();
    expect(optionsFor(state, 'flux2', 'decoder').map(({ id }) => id)).toEqual(['flux2-decoder']);
  });

  test('a pixel network serves every family, at the scales it has', () => {
    const chosen = chosenFor(stateWith([swinir]), 'sdxl', 'pixel-upscaler');
    expect(chosen?.id).toBe(swinir.id);
    if (chosen === null) return;
    expect([2, 4].map((scale) => offersScale(chosen, scale))).toEqual([false, true]);
    expect([2, 4].map((scale) => offersScale({ ...chosen, scales: [2] }, scale))).toEqual([true, true]);
  });

  test('a latent without weights shows its quick preview, or says that its family has none', () => {
    for (const { id, title, channels, preview } of FAMILIES) {
      const latent = { ...sdxlLatent, family: id, channels };
      const sentence = whyMissing(stateWith([]), openItem(1, latent), 'decode-1');
      const none = `No ${title} decoder yet, and no rough preview either.`;
      if (preview === null) expect(sentence).toContain(none);
      else expect(sentence ?? '').not.toContain('no quick preview');
    }
  });

  test('the plan names the chosen models, and what is missing says what would help', () => {
    const choices = withChoice({}, 'sdxl', 'decoder', taesd.id);
    const item = openItem(1, sdxlLatent);
    const state = stateWith([taesd, swinir], choices);
    const plan = planFor(state, { ...item, source: latentSource }, ['pixel-upscaler-4']);
    expect(plan?.models).toEqual({ decoder: taesd.id, 'pixel-upscaler': swinir.id });
    const informed = reduce(stateWith([]), { type: 'known-listed', known: KNOWN_WEIGHTS });
    expect(whyMissing(stateWith([]), item, 'decode-1')).toBe('No SDXL decoder yet.');
    expect(whyMissing(informed, item, 'decode-1')).toBe(
      'No SDXL decoder yet. Add one, such as TAESDXL decoder (4.9 MB).',
    );
    const preview = { kind: 'preview' } as NonNullable<typeof item.preview>;
    expect(whyMissing(informed, { ...item, preview }, 'decode-1')).toBe(
      'No SDXL decoder yet: showing a rough preview. Add one, such as TAESDXL decoder (4.9 MB).',
    );
    expect(whyMissing(stateWith([taesd, swinir], choices), item, 'pixel-upscaler-2')).toBe(
      '3.safetensors does not enlarge by 2.',
    );
    expect(whyMissing(stateWith([taesd, swinir], choices), item, 'pixel-upscaler-4')).toBeNull();
  });
});

const latentSource = {
  ...openItem(9).source,
  kind: 'latent',
  reading: { confidence: 'certain' },
} as unknown as ReturnType<typeof openItem>['source'];

describe('added weights', () => {
  test('are used for the family that their file speaks of', () => {
    const { choices, families } = choicesWith(stateWith([taesd]), taesd, null);
    expect(families).toEqual(['sd1']);
    expect(choices).toEqual({ sd1: { decoder: taesd.id } });
    expect(describeAdded(taesd, families)).toBe(
      'sd1 or sdxl decoder, 1.35 M parameters: added, used for Stable Diffusion 1 and 2 latents.',
    );
  });

  test('and for the family on the stage, where that has nothing yet', () => {
    expect(choicesWith(stateWith([taesd]), taesd, 'sdxl').families).toEqual(['sd1', 'sdxl']);
    const other = withChoice({}, 'sdxl', 'decoder', taesd.id);
    expect(choicesWith(stateWith([taesd], other), taesd, 'sdxl').families).toEqual(['sd1']);
  });

  test('for latents that no family has are kept, and say so', () => {
    const odd = weights('4', network('decoder', [], { channels: 13, title: 'A decoder, 13 channels' }));
    expect(describeAdded(odd, choicesWith(stateWith([odd]), odd, 'sdxl').families)).toBe(
      'A decoder, 13 channels, 1.35 M parameters: added, but no latents known here have as many channels.',
    );
  });

  test('a pixel network needs no family', () => {
    const { choices, families } = choicesWith(stateWith([swinir]), swinir, 'flux2');
    expect([choices, families]).toEqual([{}, []]);
    expect(describeAdded(swinir, [])).toMatch(/compare with it under Baselines/);
  });
});

describe('stored choices', () => {
  test('come back as they were', () => {
    const choices = withChoice(withChoice({}, 'flux2', 'decoder', 'a'), 'sd3', 'upscaler', 'b');
    expect(parseChoices(JSON.stringify(choices))).toEqual(choices);
  });

  test('and so does the grade of decoder', () => {
    const text = JSON.stringify({ ...withChoice({}, 'flux2', 'upscaler', 'b'), grade: 'fine' });
    expect([parseGrade(text), parseChoices(text)]).toEqual(['fine', { flux2: { upscaler: 'b' } }]);
    expect(['{}', null, '{', '{"grade":"finest"}', '7'].map(parseGrade)).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  test.each([null, '', '{', '7', 'null', '[]', '{"flux2":{"decoder":4},"mars":{"decoder":"x"}}'])(
    '%j is no choice',
    (text) => {
      expect(parseChoices(text)).toEqual({});
    },
  );
});

describe('the models panel', () => {
  test('has the family on the stage first, with its public files and what is stored of them', () => {
    const known = KNOWN_WEIGHTS.find(({ id }) => id === 'taesdxl');
    const fetched = {
      ...taesd,
      address: 'https://raw.githubusercontent.com/madebyollin/taesd/main/taesdxl_decoder.pth',
    };
    const item = openItem(1, sdxlLatent);
    const content = modelsContent({ ...stateWith([fetched]), items: [item], currentId: 1 });
    expect(content.families[0]).toMatchObject({ id: 'sdxl', isCurrent: true });
    expect(content.families[0]?.known.map(({ id, state }) => [id, state])).toEqual([
      ['taesdxl', 'stored'],
      ['sdxl-vae-fp16-fix', 'absent'],
      ['sesqui-sdxl', 'absent'],
      ['sd-latent-upscaler-xl', 'absent'],
      ['nn-latent-sdxl', 'absent'],
      ['interposer-xl-v1', 'absent'],
      ['interposer-xl-v3', 'absent'],
    ]);
    expect(content.families[0]?.known[0]?.text).toBe(`${known?.author} · about 4.9 MB · MIT`);
    expect(content.families[0]?.known[1]?.cost).toBe('512 px: about 96 s on one CPU core, 1.3 GB of memory');
    expect(content.storage).toBe('2 kB used in this browser, 1.0 GB free.');
  });

  test('every public file has a family, an address to fetch, and says when its licence was not verified', () => {
    expect(new Set(KNOWN_WEIGHTS.map(({ id }) => id)).size).toBe(KNOWN_WEIGHTS.length);
    for (const family of modelsContent(stateWith([])).families) {
      for (const { address, text, purpose } of family.known) {
        expect(new URL(address).protocol).toBe('https:');
        expect(purpose).toMatch(/^[a-z]/);
        const [, , licence] = text.split(' · ');
        expect(licence).toMatch(
          /^(MIT|Apache-2\.0|Playground v2\.5 Community License|licence not verified)$/,
        );
      }
    }
  });

  test('says of an address that nobody tried that it is so: once where it is true of all, else of each', () => {
    const never = KNOWN_WEIGHTS.map(({ seen: _, ...known }) => known);
    const [first, second] = never.filter(({ family }) => family === 'sdxl') as [KnownWeights, KnownWeights];
    const tried = { ...first, seen: { date: '2026-11-28', sizeBytes: 4_915_200 } };
    expect(untriedNote(never)).toMatch(/^We have not tried these addresses yet/);
    expect(untriedNote([tried, second])).toBeNull();
    const textOf = (known: KnownWeights, tells: boolean) => knownRow(stateWith([]), known, tells).text;
    expect(textOf(second, true)).toMatch(/ · address not tried yet$/);
    expect(textOf(tried, true)).not.toContain('tried');
    expect(textOf(second, false)).not.toContain('tried');
    const fetched = { ...taesd, address: second.address };
    expect(knownRow(stateWith([fetched]), second, true)).toMatchObject({ state: 'stored' });
    expect(knownRow(stateWith([fetched]), second, true).text).not.toContain('tried');
  });

  test("an address that was seen has a day, and a size that is the list's", () => {
    for (const { seen, sizeBytes, isSizeExact } of KNOWN_WEIGHTS) {
      if (seen === undefined) continue;
      expect(seen.date).toMatch(/^20\d\d-\d\d-\d\d$/);
      if (seen.sizeBytes !== null) expect([sizeBytes, isSizeExact]).toEqual([seen.sizeBytes, true]);
    }
  });
});
