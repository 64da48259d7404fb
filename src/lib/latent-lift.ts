import { css, html, LitElement, type PropertyValues, type TemplateResult, unsafeCSS } from 'lit';
import type { PaneCard } from '../app/show/pane-cards.ts';
import { createEngineClient } from '../client/create-engine-client.ts';
import type { EngineClient } from '../client/engine-client.ts';
import type { Backend, DecodedImage, LoadReport, Scale } from '../contract/engine.ts';
import { GRADES, gradeFor, modelFor, parseManifest } from '../contract/model-manifest.ts';
import { AppError, isAbort } from '../core/errors.ts';
import { familyById } from '../core/families/index.ts';
import { fetchWhole } from '../core/fetch-whole.ts';
import type { Latent } from '../core/latent/latent.ts';
import { previewLatent } from '../core/latent/preview.ts';
import { readLatentFile } from '../core/latent/read-latent-file.ts';
import type { Reading } from '../core/latent/reading.ts';
import type { Role } from '../core/role.ts';
import tokens from '../styles/tokens.css?inline';
import '../ui/stage/ll-compare.ts';
import { INITIAL_VIEW, VIEWS, type ViewMode } from '../ui/stage/views/index.ts';
import { copyPicture, savePicture } from './pane-actions.ts';
import { doneCard, failedCard, namedCards, runningCard, waitingCard, wordOf } from './pane-card.ts';
import { PACKAGED_MODELS, spawnPackagedWorker } from './spawn-worker.ts';

/** How the pictures are compared. */
export type CompareMode = ViewMode;

/** Of `latentlift-load`: what was understood, and what runs where. */
export interface LoadedDetail {
  readonly reading: Reading | null;
  readonly report: LoadReport;
}

/** Of `latentlift-picture`: one finished picture. The bitmap stays the element's. */
export type PictureDetail = DecodedImage & { readonly scale: Scale };

function scalesOf(text: string): Scale[] {
  const found = ([1, 2, 4] as const).filter((scale) => text.split(/[\s,]+/).includes(String(scale)));
  return found.length === 0 ? [1, 2] : found[0] === 1 || found.length > 1 ? found : [1, ...found];
}

const absolute = (address: string): string => new URL(address, document.baseURI).href.replace(/\/?$/, '/');

/**
 * `<latent-lift src="latent.npy" scale="2 4" compare="slider" models="/models/" runtime="/ort/">`: a latent, upscaled and decoded in the
 * visitor's browser and shown side by side. Events: `latentlift-load`, `latentlift-picture`, `latentlift-error`. Parts: `stage`, `message`.
 */
export class LatentLiftElement extends LitElement {
  /** @internal */
  static override properties = {
    src: { type: String },
    scale: { type: String },
    compare: { type: String },
    models: { type: String },
    runtime: { type: String },
    backend: { type: String },
    grade: { type: String },
    latent: { attribute: false },
    cards: { state: true },
    message: { state: true },
  };

  /** Address of a latent file. */
  declare src: string | null;
  /** Factors to show, "2", "4" or "2 4"; the plain decode stands beside them. */
  declare scale: string;
  /** side, slider, lens, difference or blink. */
  declare compare: string;
  /** Folder of models with our manifest.json; the package's own where absent. */
  declare models: string | null;
  /** Folder of onnxruntime-web's dist, for pages without a bundler. */
  declare runtime: string | null;
  /** auto, webgpu or wasm. */
  declare backend: string;
  /** Of two decoders: fast, fine, or auto, which is fine on a GPU. */
  declare grade: string;
  /** A latent in place of `src`. */
  declare latent: Latent | null;
  declare private cards: readonly PaneCard[];
  declare private message: string | null;

  #client: EngineClient | null = null;
  #work = new AbortController();
  #view = INITIAL_VIEW;

  /** @internal */
  static override styles = [
    // The page's own colours and sizes, as defaults of this element: whoever sets one on it, or above with !important, wins.
    unsafeCSS(tokens.replaceAll(':root', ':host')),
    css`
      :host {
        display: block;
        color: var(--ink);
        font: 0.96rem / 1.5 var(--text);
      }
      :host([hidden]) {
        display: none;
      }
      .message {
        margin: 0 0 var(--space-2);
        color: var(--error);
      }
    `,
  ];

  constructor() {
    super();
    this.src = null;
    this.scale = '2';
    this.compare = 'slider';
    this.models = null;
    this.runtime = null;
    this.backend = 'auto';
    this.grade = 'auto';
    this.latent = null;
    this.cards = [];
    this.message = null;
  }

  /** @internal */
  override render(): TemplateResult {
    const [first] = this.cards;
    const { width, height } = first ?? { width: 256, height: 256 };
    return html`
      ${this.message === null ? '' : html`<p class="message" part="message" role="alert">${this.message}</p>`}
      <ll-compare part="stage" .cards=${this.cards} .baseWidth=${width || 256} .baseHeight=${height || 256} .view=${this.#view}
        @ll-view-change=${this.#onView} @ll-pane-action=${this.#onAction}></ll-compare>`;
  }

  /** @internal */
  override willUpdate(changed: PropertyValues): void {
    if (changed.has('compare')) {
      const mode = VIEWS.find(({ mode: known }) => known === this.compare)?.mode;
      if (mode !== undefined) this.#view = { ...this.#view, mode };
    }
  }

  /** @internal */
  override updated(changed: PropertyValues): void {
    if (changed.has('models') || changed.has('runtime')) this.#release();
    if (
      ['src', 'latent', 'scale', 'models', 'runtime', 'backend', 'grade'].some((name) => changed.has(name))
    ) {
      void this.#show();
    }
  }

  /** @internal */
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#work.abort();
    this.#release();
  }

  /** @internal */
  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) void this.#show();
  }

  #release(): void {
    void this.#client?.dispose();
    this.#client = null;
  }

  get #modelsUrl(): string {
    return this.models === null ? PACKAGED_MODELS : absolute(this.models);
  }

  #engine(): EngineClient {
    this.#client ??= createEngineClient({
      baseUrl: absolute('./'),
      modelsUrl: this.#modelsUrl,
      ...(this.runtime !== null && { runtimeUrl: absolute(this.runtime) }),
      spawn: spawnPackagedWorker,
    });
    return this.#client;
  }

  #tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** Begins again with what the attributes say now. */
  async #show(): Promise<void> {
    this.#work.abort();
    const work = new AbortController();
    this.#work = work;
    this.message = null;
    try {
      const opened = await this.#open(work.signal);
      if (opened !== null) await this.#pictures(opened, work.signal);
    } catch (error) {
      if (isAbort(error) || work.signal.aborted) return;
      this.message = error instanceof Error ? error.message : String(error);
      this.cards = this.cards.map((card) =>
        card.phase === 'done' ? card : failedCard(card, this.message ?? ''),
      );
      this.#tell('latentlift-error', error);
    }
  }

  async #open(
    signal: AbortSignal,
  ): Promise<{ readonly latent: Latent; readonly reading: Reading | null } | null> {
    if (this.latent !== null) return { latent: this.latent, reading: null };
    if (this.src === null || this.src === '') return null;
    const address = new URL(this.src, document.baseURI).href;
    const bytes = await fetchWhole(
      address,
      { signal },
      (found, cause) => new AppError('model/fetch', `${address} could not be fetched: ${found}.`, { cause }),
    );
    return readLatentFile(bytes, { fileName: address });
  }

  /** The built-in models of the latent's family. */
  async #plan({ family }: Latent, backend: Backend, signal: AbortSignal) {
    const list = await fetchWhole(
      `${this.#modelsUrl}manifest.json`,
      { signal },
      (found, cause) =>
        new AppError(
          'model/fetch',
          `There are no models at ${this.#modelsUrl} (${found}). Set the attribute models.`,
          { cause },
        ),
    );
    const manifest = parseManifest(JSON.parse(new TextDecoder().decode(list)));
    const grade = GRADES.find((one) => one === this.grade) ?? gradeFor(backend);
    const idOf = (role: Role): string | undefined => modelFor(manifest, role, { family, grade })?.id;
    const [decoder, upscaler] = [idOf('decoder'), idOf('upscaler')];
    if (decoder === undefined) {
      throw new AppError(
        'model/missing',
        `The latent is of ${familyById(family).title}, and the models at ${this.#modelsUrl} hold no decoder for it.`,
      );
    }
    return { decoder, ...(upscaler !== undefined && { upscaler }) };
  }

  /** One card anew, unless what it belongs to is no longer wanted. */
  #change(at: number, next: (card: PaneCard) => PaneCard, { aborted }: AbortSignal): void {
    if (!aborted) this.cards = this.cards.map((card, k) => (k === at ? next(card) : card));
  }

  async #pictures(
    { latent, reading }: { readonly latent: Latent; readonly reading: Reading | null },
    signal: AbortSignal,
  ): Promise<void> {
    const preview = await previewLatent(latent);
    const thumb =
      preview === null
        ? null
        : await createImageBitmap(new ImageData(preview.data, preview.width, preview.height));
    const { pixelsPerCell } = familyById(latent.family);
    const size = { width: latent.width * pixelsPerCell, height: latent.height * pixelsPerCell };
    const scales = scalesOf(this.scale);
    signal.throwIfAborted();
    this.cards = scales.map((scale) => waitingCard(scale, size, thumb));
    const change = (at: number, next: (card: PaneCard) => PaneCard): void => this.#change(at, next, signal);
    const backend = this.backend === 'webgpu' || this.backend === 'wasm' ? this.backend : 'auto';
    const engine = this.#engine();
    const models = await this.#plan(latent, (await engine.probe(backend)).backend, signal);
    const report = await engine.load(
      { backend, precision: 'auto', models },
      { signal, onProgress: (progress) => change(0, (card) => runningCard(card, progress)) },
    );
    this.cards = namedCards(this.cards, report.models, models.upscaler);
    this.#tell('latentlift-load', { reading, report } satisfies LoadedDetail);
    for (const [k, scale] of scales.entries()) {
      const image = await engine.decode(
        { latent, scale, method: scale === 1 ? 'decode' : 'lua' },
        {
          signal,
          onProgress: (progress) => {
            if (progress.kind === 'paint') progress.bitmap.close();
            else change(k, (card) => runningCard(card, progress));
          },
        },
      );
      change(k, (card) => doneCard(card, image));
      this.#tell('latentlift-picture', { ...image, scale } satisfies PictureDetail);
    }
  }

  #onView = ({ detail }: CustomEvent<Partial<typeof INITIAL_VIEW>>): void => {
    this.#view = { ...this.#view, ...detail };
    this.requestUpdate();
  };

  /** The stage's own buttons. */
  #onAction = async ({ detail }: CustomEvent<{ key: string; action: string }>): Promise<void> => {
    const card = this.cards.find(({ key }) => key === detail.key);
    if (card?.drawing == null) return;
    if (detail.action === 'png') await savePicture(card.drawing.bitmap, wordOf(card));
    if (detail.action === 'copy') await copyPicture(card.drawing.bitmap);
  };
}

customElements.define('latent-lift', LatentLiftElement);

declare global {
  interface HTMLElementTagNameMap {
    'latent-lift': LatentLiftElement;
  }
}
