import type { StateDict } from '../weights/state-view.ts';
import { NETWORKS } from './index.ts';
import { judgeAmong, type RecognisedModel, recogniseAmong, type Verdict } from './recognise-among.ts';

export { explainVerdict, type RecognisedModel, type Verdict } from './recognise-among.ts';

/** Every known network against a checkpoint; see judgeAmong. */
export const judgeNetworks = (state: StateDict): Verdict[] => judgeAmong(NETWORKS, state);

/** What networks a checkpoint holds; see recogniseAmong. Throws model/unrecognised. */
export const recogniseModel = (state: StateDict): RecognisedModel[] => recogniseAmong(NETWORKS, state);
