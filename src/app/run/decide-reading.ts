import { familyById } from '../../core/families/index.ts';
import { decideByCycle } from '../../core/latent/decide-by-cycle.ts';
import type { FamilySpace } from '../../core/latent/family-space.ts';
import type { Latent } from '../../core/latent/latent.ts';
import { toSpace } from '../../core/latent/to-space.ts';
import { belowWords } from '../../words/below.ts';
import { decimal } from '../../words/numbers.ts';
import type { Item } from '../state/state.ts';
import { ensureLoaded } from './ensure-loaded.ts';
import { cyclePlan, doubtfulPairs } from './next-task.ts';
import { makePreview, rereadLatent } from './open-source.ts';
import { closeImages } from './release-images.ts';
import type { TaskContext } from './task.ts';

const nameOf = ({ family, space }: FamilySpace): string =>
  belowWords().readAs(familyById(family).title, space === 'raw');

/**
 * Puts a doubtful reading to the test: each candidate is decoded and encoded again, and the one that survives best is taken if
 * it is plausible. The reading then says so; a person can still change it. A test that cannot be made (no encoder to be had
 * offline) leaves the guess.
 */
export async function decideReading(
  item: Item,
  { client, store, platform, signal }: TaskContext,
): Promise<void> {
  const { source } = item;
  if (source.kind !== 'latent') return;
  const plan = cyclePlan(store.get(), item);
  if (plan === null) return;
  await ensureLoaded(plan, { client, store, signal });
  const pairs = doubtfulPairs(store.get(), item);
  const readings = await Promise.all(
    pairs.map((pair) => rereadLatent(source, item.name, { ...source.override, ...pair })),
  );
  async function cycle(latent: Latent): Promise<Latent> {
    const { bitmap } = await client.decode({ latent, scale: 1, method: 'decode' }, { signal });
    const encoded = await client.encode(bitmap, { signal });
    return toSpace(encoded.latent, latent.space);
  }
  const verdict = await decideByCycle(
    readings.map(({ latent }) => latent),
    cycle,
  );
  signal.throwIfAborted();
  const winner = verdict.winner === null ? undefined : readings[verdict.winner];
  const pair = verdict.winner === null ? undefined : pairs[verdict.winner];
  if (winner === undefined || pair === undefined) {
    store.dispatch({ type: 'item-decided', id: item.id });
    return;
  }
  const error = verdict.errors[verdict.winner ?? 0] as number;
  const reason = belowWords().confirmed(nameOf(pair), decimal(error, 2));
  const reading = { ...winner.source.reading, confidence: 'likely' as const, reason };
  const isAsGuessed = pair.family === source.reading.family && pair.space === source.reading.space;
  if (isAsGuessed) {
    store.dispatch({
      type: 'latent-confirmed',
      id: item.id,
      source: { ...source, reading: { ...source.reading, confidence: 'likely', reason } },
    });
    return;
  }
  const preview = await makePreview(winner.latent, platform);
  store.dispatch({
    type: 'latent-reread',
    id: item.id,
    source: { ...winner.source, reading },
    latent: winner.latent,
    preview,
  });
  closeImages(item);
}
