import type { DeviceReport, LoadPlan, LoadReport, Timings } from '../../contract/engine.ts';
import type { Grade, ModelEntry } from '../../contract/model-manifest.ts';
import type { MemoryForecast, WeightsStorage } from '../../contract/weights-library.ts';
import type { Latent } from '../../core/latent/latent.ts';
import type { Demo } from '../run/demos.ts';
import type { KnownWeights, ModelChoices, Transfer } from './models-state.ts';
import type { PaneKey } from './panes.ts';
import type { PinKey } from './pin-key.ts';
import type {
  Activity,
  Item,
  LatentSource,
  Notice,
  Opening,
  PaneImage,
  PictureSettings,
  PictureSource,
  Pin,
  Quality,
  Stretched,
} from './state.ts';

/** Everything that can happen to the page's state; past tense, one fact each. */
export type Action =
  | { readonly type: 'device-probed'; readonly device: DeviceReport }
  | { readonly type: 'models-listed'; readonly models: readonly ModelEntry[] }
  | { readonly type: 'storage-listed'; readonly storage: WeightsStorage }
  | { readonly type: 'known-listed'; readonly known: readonly KnownWeights[] }
  | {
      readonly type: 'choices-changed';
      readonly choices: ModelChoices;
      readonly grade: Grade | null;
    }
  | { readonly type: 'transfer-changed'; readonly transfer: Transfer }
  | { readonly type: 'transfer-ended'; readonly id: number }
  | { readonly type: 'forecast-told'; readonly key: string; readonly forecast: MemoryForecast }
  | { readonly type: 'panes-forgotten'; readonly id: number; readonly keys: readonly PaneKey[] }
  | { readonly type: 'demos-listed'; readonly demos: readonly Demo[] }
  | { readonly type: 'engine-loaded'; readonly plan: LoadPlan; readonly report: LoadReport }
  | { readonly type: 'engine-failed'; readonly message: string }
  | { readonly type: 'engine-retried' }
  | { readonly type: 'activity-changed'; readonly activity: Activity | null }
  | { readonly type: 'opening-changed'; readonly opening: Opening | null }
  | { readonly type: 'notice-changed'; readonly notice: Notice | null }
  | { readonly type: 'item-opened'; readonly item: Item; readonly isSelected: boolean }
  | { readonly type: 'item-selected'; readonly id: number }
  | { readonly type: 'item-removed'; readonly id: number }
  | { readonly type: 'item-stopped'; readonly id: number }
  | { readonly type: 'item-resumed'; readonly id: number }
  | { readonly type: 'item-failed'; readonly id: number; readonly message: string }
  | { readonly type: 'item-released'; readonly id: number }
  | {
      readonly type: 'latent-reread';
      readonly id: number;
      readonly source: LatentSource;
      readonly latent: Latent;
      readonly preview: PaneImage | null;
    }
  | { readonly type: 'item-decided'; readonly id: number }
  | { readonly type: 'latent-confirmed'; readonly id: number; readonly source: LatentSource }
  | { readonly type: 'picture-set'; readonly id: number; readonly settings: PictureSettings }
  | {
      readonly type: 'picture-encoded';
      readonly id: number;
      readonly source: PictureSource;
      readonly latent: Latent;
      readonly preview: PaneImage | null;
      readonly reference: PaneImage | null;
    }
  | { readonly type: 'picture-pinned'; readonly pin: Pin }
  | { readonly type: 'pin-removed'; readonly key: PinKey }
  | { readonly type: 'panes-shown'; readonly keys: readonly PaneKey[] }
  | {
      readonly type: 'runs-asked';
      readonly id: number;
      readonly times: number;
      /** Only these; every picture without. */
      readonly keys?: readonly PaneKey[];
    }
  | { readonly type: 'pane-asked'; readonly id: number; readonly key: PaneKey }
  | { readonly type: 'pane-started'; readonly id: number; readonly key: PaneKey }
  | {
      readonly type: 'pane-painted';
      readonly id: number;
      readonly key: PaneKey;
      readonly image: PaneImage;
    }
  | {
      readonly type: 'pane-done';
      readonly id: number;
      readonly key: PaneKey;
      readonly image: PaneImage;
      readonly tiles: number;
      readonly timings: Timings;
    }
  | { readonly type: 'pane-interrupted'; readonly id: number; readonly key: PaneKey }
  | {
      readonly type: 'pane-failed';
      readonly id: number;
      readonly key: PaneKey;
      readonly message: string;
    }
  | {
      readonly type: 'pane-measured';
      readonly id: number;
      readonly key: PaneKey;
      readonly quality: Quality;
    }
  | { readonly type: 'pane-detailed'; readonly id: number; readonly key: PaneKey; readonly detail: number }
  | { readonly type: 'picture-stretched'; readonly id: number; readonly stretched: Stretched };
