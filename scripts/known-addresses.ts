import type { KnownWeights, Seen } from '../src/app/state/models-state.ts';
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
    // Compressed answers are longer than they say.
    const length = response.headers.has('content-encoding') ? null : response.headers.get('content-length');
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

/** An entry with what its address said on a day: seen, with the size it told; gone, and no longer seen; or not reached, and as before. */
export function noted(known: KnownWeights, answer: Answer, date: string): KnownWeights {
  const { seen: _, ...rest } = known;
  if (answer.kind === 'unreachable') return known;
  if (answer.kind === 'refused') return rest;
  const { bytes } = answer;
  const seen: Seen = { date, sizeBytes: bytes };
  return bytes === null ? { ...rest, seen } : { ...rest, sizeBytes: bytes, isSizeExact: true, seen };
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

/** Asks every address of a list in turn, and says what came of each; `list` is the same with what was `noted` on `date`. */
export async function checkAddresses(
  list: readonly KnownWeights[],
  date: string,
  say: (line: string) => void,
): Promise<{ readonly verdicts: readonly Verdict[]; readonly list: readonly KnownWeights[] }> {
  const verdicts: Verdict[] = [];
  const after: KnownWeights[] = [];
  for (const known of list) {
    const answer = await ask(known.address);
    const verdict = verdictOf(known, answer);
    verdicts.push(verdict);
    after.push(noted(known, answer, date));
    say(`${verdict.outcome === 'changed' ? 'NEW ' : '    '}${known.id}: ${verdict.text}`);
  }
  if (verdicts.every(({ outcome }) => outcome === 'unverified')) {
    say('No address was reached: no network here, nothing was verified.');
  }
  return { verdicts, list: after };
}
