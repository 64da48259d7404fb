// npm run check:known: asks every address of src/app/models/known-weights.json for its head, and says which are gone or of another size.
// Exits with 1 if one changed; with 0, and the word that nothing was verified, where there is no network.
import { KNOWN_WEIGHTS } from '../src/app/models/known-weights.ts';
import { checkAddresses } from './known-addresses.ts';

const verdicts = await checkAddresses(KNOWN_WEIGHTS, console.log);
if (verdicts.some(({ outcome }) => outcome === 'changed')) process.exitCode = 1;
