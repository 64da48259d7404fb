import type { DeviceCause } from '../contract/engine.ts';
import type { Method } from '../contract/methods.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { BelowWords } from './below.ts';
import type { ExportsWords } from './exports.ts';
import type { FilesWords } from './files.ts';
import type { HelpWords } from './help.ts';
import type { HowWords } from './how.ts';
import type { ItemsWords } from './items.ts';
import type { ModelsWords } from './models.ts';
import type { RaceWords } from './race.ts';
import type { StageWords } from './stage.ts';
import type { VerdictWords } from './verdict.ts';
import type { WorkWords } from './work.ts';

/** A language beside English: every area whole, so that a key that is missing or takes other parameters does not compile. */
export interface Translation {
  readonly stage: StageWords;
  readonly work: WorkWords;
  readonly below: BelowWords;
  readonly items: ItemsWords;
  readonly models: ModelsWords;
  readonly exports: ExportsWords;
  readonly files: FilesWords;
  readonly how: HowWords;
  readonly race: RaceWords;
  readonly verdict: VerdictWords;
  readonly help: HelpWords;
  /** The texts of index.html, by its `data-words`. */
  readonly page: PageWords;
  /** What things of a registry are called, whose objects own the English: `words.test.ts` asks for each. */
  readonly methods: Readonly<Record<Method, { readonly title: string; readonly explanation: string }>>;
  readonly views: Readonly<Record<string, { readonly title: string; readonly hint: string }>>;
  readonly buttons: Readonly<Record<string, { readonly label: string; readonly title: string }>>;
  readonly demos: Readonly<Record<string, { readonly title: string; readonly kind: string }>>;
  /** What public weights are good for, by the English of known-weights.json. */
  readonly purposes: Readonly<Record<string, { readonly text: string }>>;
  /** What failed, in a sentence; the English one with the particulars follows in brackets. */
  readonly errors: Readonly<Record<ErrorCode, { readonly text: string }>>;
  /** Why the GPU or the CPU is used, likewise. */
  readonly causes: Readonly<Record<DeviceCause, { readonly text: string }>>;
}

/** Text of an element by its `data-words`, and of its attributes: `open`, `open@title`. */
export type PageWords = Readonly<Record<string, string>>;
