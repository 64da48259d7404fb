import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { FileTensor } from '../container/tensor.ts';
import { readGolden } from './golden.ts';
import { NETWORKS } from './index.ts';
import type { Network } from './network.ts';
import { judgeNetworks, recogniseModel } from './recognise.ts';

const stateOf = (name: string): Map<string, FileTensor> =>
  new Map(
    readGolden(new Uint8Array(readFileSync(new URL(`./fixtures/${name}.safetensors`, import.meta.url))))
      .state,
  );

describe('every known network', () => {
  const states = readdirSync(new URL('./fixtures/', import.meta.url)).map((file) => {
    const name = file.replace('.safetensors', '');
    return [name, stateOf(name)] as const;
  });

  test('has a golden file for every network of the registry', () => {
    const found = states.flatMap(([, state]) => recogniseModel(state));
    const seen = new Set(found.map(({ architecture, role }) => `${architecture} ${role}`));
    const networks: readonly Network[] = NETWORKS;
    const known = networks.flatMap(({ id, kinds }) => kinds.map(({ role }) => `${id} ${role}`));
    expect([...seen].sort()).toEqual(known.sort());
  });

  test.each(states)('takes %s for one architecture and no other', (_, state) => {
    expect(new Set(recogniseModel(state).map(({ architecture }) => architecture)).size).toBe(1);
  });

  // The table of all architectures against all goldens: each row has its own, and nothing beside it.
  const OWN: readonly (readonly [RegExp, string])[] = [
    [/^latentlift-decoder/, 'latentlift-decoder'],
    [/^latentlift-encoder/, 'latentlift-encoder'],
    [/^(tiny|taesana|taeqi)-/, 'tiny-autoencoder'],
    [/^taehv-/, 'taehv'],
    [/^kl-/, 'autoencoder-kl'],
    [/^(lua|swinir|pixel-swin)/, 'swinir'],
    [/^nn-latent-/, 'nn-latent-upscale'],
    [/^sesqui-/, 'sesqui-lsr'],
    [/^sd-latent-/, 'sd-latent-upscaler'],
    [/^interposer-/, 'sd-latent-interposer'],
  ];
  test.each(states)('is confused with nothing: %s', (name, state) => {
    const own = OWN.find(([pattern]) => pattern.test(name))?.[1];
    const matching = judgeNetworks(state).filter(({ outcome }) => outcome === 'match');
    expect([...new Set(matching.map(({ architecture }) => architecture))]).toEqual([own]);
  });

  test.each(states)('reads no value of %s', (_, state) => {
    const unread = [...state].map(([name, { dtype, shape }]): [string, FileTensor] => [
      name,
      {
        name,
        dtype,
        shape,
        get bytes(): Uint8Array {
          throw new Error(`${name} was read`);
        },
      },
    ]);
    expect(recogniseModel(new Map(unread)).length).toBeGreaterThan(0);
  });

  test('says of every known network why it is not the one', () => {
    const verdicts = judgeNetworks(stateOf('tiny-decoder-plain'));
    const said = verdicts.map(({ architecture, role, outcome, refusal }) => ({
      is: `${architecture} ${role}`,
      outcome,
      refusal,
    }));
    expect(said).toContainEqual({ is: 'tiny-autoencoder decoder', outcome: 'match', refusal: null });
    expect(said).toContainEqual({
      is: 'tiny-autoencoder encoder',
      outcome: 'other',
      refusal: 'its first layer takes 16 channels, not the 3 of a picture',
    });
    expect(said).toContainEqual({
      is: 'autoencoder-kl decoder',
      outcome: 'other',
      refusal: 'no tensor has a name of its kind',
    });
    const networks: readonly Network[] = NETWORKS;
    expect(verdicts).toHaveLength(networks.flatMap(({ kinds }) => kinds).length);
  });

  test('tells what a near one lacks', () => {
    const without = new Map([...stateOf('swinir-light-x4')].filter(([name]) => name !== 'norm.bias'));
    const near = judgeNetworks(without).find(({ outcome }) => outcome === 'near');
    expect(near).toMatchObject({ role: 'pixel-upscaler', match: null, problems: { missing: ['norm.bias'] } });
  });
});
