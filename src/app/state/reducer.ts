import type { LoadPlan, LoadReport } from '../../contract/engine.ts';
import { gradeFor } from '../../contract/model-manifest.ts';
import { isWeightsId, type WeightsStorage } from '../../contract/weights-library.ts';
import type { Action } from './actions.ts';
import { sortPanes } from './panes.ts';
import { reduceItem } from './reduce-item.ts';
import { reduceModels } from './reduce-models.ts';
import type { AppState, EngineState } from './state.ts';

/** The one way the page's state changes; pure. Actions on items that are gone change nothing. */
export function reduce(state: AppState, action: Action): AppState {
  switch (action.type) {
    case 'device-probed':
      return withEngine({ ...state, models: reduceModels(state.models, action) }, { device: action.device });
    case 'models-listed':
      return withEngine(state, { models: action.models });
    case 'engine-loaded':
      return withEngine(state.engine.report === null ? settled(state, action.report) : state, {
        plan: action.plan,
        report: action.report,
        failure: null,
      });
    case 'engine-failed':
      return withEngine(state, { failure: action.message });
    case 'engine-retried':
      return withEngine(withoutNotice(state, [state.engine.failure]), { failure: null });
    case 'choices-changed':
      // Weights that failed to load may not be the chosen ones any more.
      return withEngine({ ...state, models: reduceModels(state.models, action) }, { failure: null });
    case 'storage-listed': {
      const next = { ...state, models: reduceModels(state.models, action) };
      // Weights that come back under the same name must be opened anew: the engine's hold on the old file is void.
      return usesLost(state.engine.plan, action.storage) ? withEngine(next, { plan: null }) : next;
    }
    case 'known-listed':
    case 'transfer-changed':
    case 'transfer-ended':
    case 'forecast-told':
      return { ...state, models: reduceModels(state.models, action) };
    case 'demos-listed':
      return { ...state, demos: action.demos };
    case 'activity-changed':
      return { ...state, activity: action.activity };
    case 'opening-changed':
      return { ...state, opening: action.opening };
    case 'notice-changed':
      return state.notice === action.notice ? state : { ...state, notice: action.notice };
    case 'picture-pinned':
      return { ...state, pins: [...state.pins, action.pin] };
    case 'pin-removed':
      return { ...state, pins: state.pins.filter(({ key }) => key !== action.key) };
    case 'panes-shown':
      return { ...state, shown: sortPanes(action.keys) };
    case 'item-opened':
      return {
        ...state,
        items: [...state.items, action.item],
        currentId: action.isSelected ? action.item.id : (state.currentId ?? action.item.id),
        notice: action.isSelected ? null : state.notice,
      };
    case 'item-selected':
      return state.items.some((item) => item.id === action.id)
        ? mapItem({ ...state, currentId: action.id, notice: null }, action.id, action)
        : state;
    case 'item-removed':
      return withoutItem(state, action.id);
    case 'item-resumed':
    case 'pane-asked':
      return mapItem(withoutNotice(state, messagesOf(state, action.id)), action.id, action);
    default:
      return mapItem(state, action.id, action);
  }
}

/** A GPU that did not pass its test leaves the work to the CPU before there is any picture. */
const settled = (state: AppState, report: LoadReport): AppState => ({
  ...state,
  models: { ...state.models, deviceGrade: gradeFor(report.backend) },
});

/** True where a plan names added weights that are not there any more. */
function usesLost(plan: LoadPlan | null, { weights }: WeightsStorage): boolean {
  if (plan === null) return false;
  return Object.values(plan.models).some(
    (wanted) => isWeightsId(wanted) && !weights.some(({ id }) => id === wanted),
  );
}

/** The sentences of what failed in an item. */
function messagesOf(state: AppState, id: number): (string | null)[] {
  const item = state.items.find((candidate) => candidate.id === id);
  return item === undefined ? [] : [item.message, ...Object.values(item.panes).map(({ message }) => message)];
}

/** An error that is tried again is no longer true; one about something else stays. */
const withoutNotice = (state: AppState, messages: readonly (string | null)[]): AppState =>
  state.notice?.tone === 'error' && messages.includes(state.notice.text) ? { ...state, notice: null } : state;

const withEngine = (state: AppState, change: Partial<EngineState>): AppState => ({
  ...state,
  engine: { ...state.engine, ...change },
});

function mapItem(state: AppState, id: number, action: Action): AppState {
  const index = state.items.findIndex((item) => item.id === id);
  const item = state.items[index];
  if (item === undefined) return state;
  const next = reduceItem(item, action);
  return next === item && state.currentId !== id ? state : { ...state, items: state.items.with(index, next) };
}

/** The neighbour takes the place of a removed current item, so that the stage is never empty while something is open. */
function withoutItem(state: AppState, id: number): AppState {
  const index = state.items.findIndex((item) => item.id === id);
  if (index < 0) return state;
  const items = state.items.toSpliced(index, 1);
  const heir = items[Math.min(index, items.length - 1)] ?? null;
  return { ...state, items, currentId: state.currentId === id ? (heir?.id ?? null) : state.currentId };
}
