import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toFloat32 } from '../../src/core/container/to-float32.ts';
import type { Latent } from '../../src/core/latent/latent.ts';
import { toSpace } from '../../src/core/latent/to-space.ts';
import { readGolden } from '../../src/core/networks/golden.ts';
import { NETWORKS } from '../../src/core/networks/index.ts';
import { createInProcessEngine } from '../in-process.ts';
import { describeWeights } from '../library/describe-weights.ts';
import { modelOf } from './model.ts';

const golden = readGolden(
  new Uint8Array(
    readFileSync(new URL('../../src/core/networks/fixtures/interposer-v3-xl.safetensors', import.meta.url)),
  ),
);
const interposer = modelOf(
  { id: 'interposer', file: 'v3-to-xl_interposer-v4.0.safetensors', role: 'interposer', key: 'interposer' },
  golden.state,
  NETWORKS,
);
const input = golden.tensor('interposer.input');
const raw: Latent = {
  data: toFloat32(input).slice(),
  channels: 16,
  height: input.shape[2] as number,
  width: input.shape[3] as number,
  family: 'sd3',
  space: 'raw',
};

describe('an interposer', () => {
  it('turns a latent of either space into the other family’s raw one, as PyTorch does', async () => {
    const engine = await createInProcessEngine();
    const expected = toFloat32(golden.tensor('interposer.output'));
    for (const latent of [raw, toSpace(raw, 'model')]) {
      const made = await engine.convert(interposer, latent, 'sdxl');
      expect(made).toMatchObject({ family: 'sdxl', space: 'raw', channels: 4, height: 5, width: 6 });
      const worst = made.data.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - (expected[i] ?? NaN))),
        0,
      );
      expect(worst).toBeLessThan(2e-4);
    }
    await expect(engine.convert(interposer, raw, 'sd3')).rejects.toMatchObject({ code: 'model/mismatch' });
    await expect(engine.convert(interposer, { ...raw, channels: 4, family: 'sdxl' }, 'sd1')).rejects.toThrow(
      /has 4 channels \(sdxl\), but the loaded interposer/,
    );
  });

  it('leads from and to what its file’s name says, else wherever its channels allow', () => {
    const told = (name: string) =>
      describeWeights(golden.state, [name]).flatMap(({ families, gives }) => [families, gives]);
    expect(told('v3-to-xl_interposer-v4.0.safetensors')).toEqual([['sd3'], ['sdxl']]);
    expect(told('fx-to-v1_interposer-v4.0.safetensors')).toEqual([['flux1'], ['sd1']]);
    expect(told('mine.safetensors')).toEqual([
      ['flux1', 'sd3'],
      ['sd1', 'sdxl'],
    ]);
    // Stable Cascade's files have these shapes and halve the side: no latent known here is theirs.
    expect(told('ca-to-xl_interposer-v4.0.safetensors')).toEqual([[], ['sdxl']]);
  });
});
