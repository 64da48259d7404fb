import { trustOwnScripts } from '../src/contract/trusted-scripts.ts';
import { exposeEngine } from './expose-engine.ts';
import { fetchedRuntimes } from './ort/fetched-runtimes.ts';

// The runtime starts its threads as workers of this one.
trustOwnScripts();
exposeEngine(() => fetchedRuntimes);
