import type { Report } from '../../contract/call.ts';
import type { LoadPlan } from '../../contract/engine.ts';
import { covers } from './next-task.ts';
import type { TaskContext } from './task.ts';

/** Loads `plan` unless the engine has all of it. The only caller of `client.load`: store and engine never disagree on what runs. */
export async function ensureLoaded(
  plan: LoadPlan,
  { client, store, signal }: Pick<TaskContext, 'client' | 'store' | 'signal'>,
  onProgress?: Report,
): Promise<void> {
  if (covers(store.get().engine.plan, plan)) return;
  const report = await client.load(plan, { signal, ...(onProgress && { onProgress }) });
  store.dispatch({ type: 'engine-loaded', plan, report });
}
