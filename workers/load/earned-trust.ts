import { within } from '../../src/core/within.ts';
import type { KeepSome } from './kept-bytes.ts';

/** Which networks have proved themselves on which device, remembered between visits. */
export interface EarnedTrust {
  has(claim: TrustClaim): Promise<boolean>;
  add(claim: TrustClaim): Promise<void>;
}

/** What a proof holds for: other weights, another device, driver or browser has to prove itself anew. */
export interface TrustClaim {
  readonly modelKey: string;
  readonly device: string;
}

/** Raised when the test or the graphs change, so that what was proved before counts no more. */
const VERSION = 1;

/** Storage that does not answer is as good as none: the proof is made again. */
const PATIENCE_MS = 5000;

/** Kept beside the models, as empty entries of speaking names. */
export function createEarnedTrust(deps: {
  readonly modelsUrl: string;
  readonly openCache: () => Promise<Pick<KeepSome, 'match' | 'put'> | null>;
}): EarnedTrust {
  const addressOf = ({ modelKey, device }: TrustClaim): string =>
    `${deps.modelsUrl}f16-trust-${VERSION}/${encodeURIComponent(device)}/${encodeURIComponent(modelKey)}`;
  const earned = new Set<string>();
  return {
    async has(claim) {
      const address = addressOf(claim);
      if (earned.has(address)) return true;
      const look = async (): Promise<boolean> =>
        (await (await deps.openCache())?.match(address)) !== undefined;
      return within(look(), PATIENCE_MS, () => false).catch(() => false);
    },
    async add(claim) {
      const address = addressOf(claim);
      earned.add(address);
      const keep = async (): Promise<void> => (await deps.openCache())?.put(address, new Response(''));
      await within(keep(), PATIENCE_MS, () => {}).catch(() => {});
    },
  };
}
