import { gradeFor } from '../../contract/model-manifest.ts';
import type { Action } from './actions.ts';
import type { ModelsState } from './models-state.ts';

/** The part of the reducer that concerns a person's own weights. */
export function reduceModels(models: ModelsState, action: Action): ModelsState {
  switch (action.type) {
    case 'storage-listed':
      return { ...models, storage: action.storage };
    case 'known-listed':
      return { ...models, known: action.known };
    case 'choices-changed':
      return { ...models, choices: action.choices, grade: action.grade, forecasts: {} };
    case 'device-probed':
      return { ...models, deviceGrade: gradeFor(action.device.backend) };
    case 'transfer-changed': {
      const { transfer } = action;
      const isKnown = models.transfers.some(({ id }) => id === transfer.id);
      return {
        ...models,
        transfers: isKnown
          ? models.transfers.map((known) => (known.id === transfer.id ? transfer : known))
          : [...models.transfers, transfer],
      };
    }
    case 'transfer-ended':
      return { ...models, transfers: models.transfers.filter(({ id }) => id !== action.id) };
    case 'forecast-told':
      return { ...models, forecasts: { ...models.forecasts, [action.key]: action.forecast } };
    default:
      return models;
  }
}
