import type { KnownWeights } from '../src/app/state/models-state.ts';
import { directAddress } from '../src/core/direct-address.ts';

const PATIENCE_MS = 20_000;
/** Sizes that are not stated exactly were rounded to two digits. */
const ROUNDING = 0.05;

/** What an address said to being asked for its head. */
export type Answer =
  | { readonly kind: 'size'; readonly bytes: number | null }
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'unreachable'; readonly why: string };

/** Asks for the head of a file, at its own address behind a page that shows it. Never throws. */
export async function ask(address: string): Promise<Answer> {
  try {
    const response = await fetch(directAddress(address).url, {
      method: 'HEAD',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!response.ok) return { kind: 'refused', status: response.status };
    const length = response.headers.get('content-length');
    return { kind: 'size', bytes: length === null ? null : Number(length) };
  } catch (error) {
    return { kind: 'unreachable', why: error instanceof Error ? error.message : String(error) };
  }
}

/** `changed`: the list is untrue. `unverified`: nobody answered, so nothing is known. */
export interface Verdict {
  readonly outcome: 'as listed' | 'changed' | 'unverified';
  readonly text: string;
}

/** An entry of the list against what its address said. */
export function verdictOf({ sizeBytes, isSizeExact }: KnownWeights, answer: Answer): Verdict {
  const changed = (text: string): Verdict => ({ outcome: 'changed', text });
  if (answer.kind === 'unreachable') {
    return { outcome: 'unverified', text: `not verified: the address was not reached (${answer.why})` };
  }
  if (answer.kind === 'refused') return changed(`the address answers ${answer.status}`);
  const { bytes } = answer;
  if (bytes === null) return { outcome: 'as listed', text: 'there; its server does not tell the size' };
  if (sizeBytes === null) return changed(`has ${bytes} bytes; the list does not know its size`);
  const allowed = isSizeExact ? 0 : ROUNDING * sizeBytes;
  return Math.abs(bytes - sizeBytes) > allowed
    ? changed(`has ${bytes} bytes; the list says ${sizeBytes}`)
    : { outcome: 'as listed', text: 'as listed' };
}

/** Asks every address of a list in turn, and says what came of each. */
export async function checkAddresses(
  list: readonly KnownWeights[],
  say: (line: string) => void,
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const known of list) {
    const verdict = verdictOf(known, await ask(known.address));
    verdicts.push(verdict);
    say(`${verdict.outcome === 'changed' ? 'NEW ' : '    '}${known.id}: ${verdict.text}`);
  }
  if (verdicts.every(({ outcome }) => outcome === 'unverified')) {
    say('No address was reached: no network here, nothing was verified.');
  }
  return verdicts;
}
