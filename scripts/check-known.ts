// npm run check:known: asks every address of src/app/models/known-weights.json for its head, and says which are gone or of another size.
// Exits with 1 if one changed; with 0, and a word, where there is no network.
import { KNOWN_WEIGHTS } from '../src/app/models/known-weights.ts';
import type { KnownWeights } from '../src/app/state/models-state.ts';
import { directAddress } from '../src/core/direct-address.ts';

const PATIENCE_MS = 20_000;
/** Sizes that are not stated exactly were rounded to two digits. */
const ROUNDING = 0.05;

type Answer =
  | { readonly kind: 'size'; readonly bytes: number | null }
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'unreachable'; readonly why: string };

async function ask(address: string): Promise<Answer> {
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

/** What changed, or null. */
function changeOf({ sizeBytes, isSizeExact }: KnownWeights, answer: Answer): string | null {
  if (answer.kind === 'refused') return `the address answers ${answer.status}`;
  if (answer.kind === 'unreachable' || answer.bytes === null) return null;
  if (sizeBytes === null) return `has ${answer.bytes} bytes; the list does not know its size`;
  const allowed = isSizeExact ? 0 : ROUNDING * sizeBytes;
  return Math.abs(answer.bytes - sizeBytes) > allowed
    ? `has ${answer.bytes} bytes; the list says ${sizeBytes}`
    : null;
}

const answers: Answer[] = [];
for (const known of KNOWN_WEIGHTS) {
  const answer = await ask(known.address);
  answers.push(answer);
  const change = changeOf(known, answer);
  const said = change ?? (answer.kind === 'unreachable' ? `not reached (${answer.why})` : 'as listed');
  console.log(`${change === null ? '    ' : 'NEW '}${known.id}: ${said}`);
  if (change !== null) process.exitCode = 1;
}
if (answers.every(({ kind }) => kind === 'unreachable')) {
  console.log('No address was reached: no network here, nothing was checked.');
}
