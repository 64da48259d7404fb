import type { Backend } from '../contract/engine.ts';
import { type StoredText, storedText } from './stored-choices.ts';

const ran = storedText('latentlift-backend');

/** What will most likely run, so that it can be readied before the device has answered; undefined where a wrong guess would cost a download. */
export function expectedBackend(
  asked: Backend | 'auto',
  hasWebgpu: boolean = 'gpu' in navigator,
  stored: Pick<StoredText, 'read'> = ran,
): Backend | undefined {
  if (asked === 'wasm' || !hasWebgpu) return 'wasm';
  const last = stored.read();
  const isSame = last === 'wasm' ? asked === 'auto' : last === 'webgpu';
  return isSame ? (last as Backend) : undefined;
}

/** Remembers what ran for the next visit. */
export const rememberBackend = (backend: Backend): void => ran.write(backend);
