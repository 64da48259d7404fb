import { methodWord } from '../app/models/network-names.ts';
import type { Controller } from '../app/run/controller.ts';
import { deviceSummary } from '../app/show/device-summary.ts';
import type { SaveFormat } from '../app/show/latent-formats.ts';
import { type PaneCard, paneCards } from '../app/show/pane-cards.ts';
import { type AppState, currentItem } from '../app/state/state.ts';
import { pictureFile } from '../browser/picture-file.ts';
import { copyPng, saveFile } from '../browser/save-file.ts';
import type { SaveRequest } from '../ui/elements/ll-latent-saver.ts';
import type { PaneAction } from '../ui/stage/pane-parts.ts';
import type { ViewState } from '../ui/stage/views/index.ts';
import { exportsWords } from '../words/exports.ts';
import type { PageElements } from './page-elements.ts';

export interface ExportContext {
  readonly page: PageElements;
  readonly controller: Controller;
  readonly state: () => AppState;
  readonly view: () => ViewState;
}

const stem = (state: AppState): string =>
  (currentItem(state)?.name ?? 'latent').replace(/\.(latent\.)?[a-z0-9]+$/i, '');

/** The same with the place of its picture in a batch or a video. */
async function placed(state: AppState, key: string): Promise<string> {
  const item = currentItem(state);
  if (item === null || state.pins.some((pin) => pin.key === key)) return stem(state);
  return stem(state) + (await import('../app/show/export-names.ts')).placeOf(item);
}

function creditOf(state: AppState): string {
  const device = deviceSummary(state);
  const hardware = [device?.title, device?.detail].filter(Boolean).join(' ');
  return [currentItem(state)?.name, 'LatentLift', hardware].filter(Boolean).join(' · ');
}

/** The figure of what is seen; a picture that is not finished is none in it. */
async function figureOf(page: PageElements, state: AppState, view: ViewState): Promise<Blob> {
  const { composeFigure } = await import('../ui/stage/compose-figure.ts');
  const { computedCards } = await import('../app/show/computed-cards.ts');
  const frame = page.compare.frame;
  return composeFigure({
    cards: computedCards(state, page.compare.shownCards),
    view,
    where: page.compare.where,
    focusSpot: page.compare.focusSpot,
    baseWidth: page.compare.baseWidth,
    baseHeight: page.compare.baseHeight,
    aspect: frame === null ? 1 : frame.width / frame.height,
    credit: creditOf(state),
  });
}

/** Downloads and copies of what the page shows. Every failure becomes a sentence in the status line. */
export function createExports({ page, controller, state, view }: ExportContext) {
  const cardOf = (key: string): PaneCard | undefined => paneCards(state()).find((card) => card.key === key);

  async function guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      controller.notify(error);
    }
  }

  async function png(card: PaneCard): Promise<Blob> {
    if (card.drawing === null) throw new Error('this picture is not made yet');
    const { provenanceOf } = await import('../app/show/provenance.ts');
    const pin = state().pins.find(({ key }) => key === card.key);
    const texts = pin?.texts ?? (await provenanceOf(state(), currentItem(state()), card.key));
    return pictureFile(card.drawing.bitmap, { type: 'image/png', quality: 1 }, texts);
  }

  return {
    /** What a pane's own buttons do. */
    pane: (key: string, action: PaneAction): Promise<void> =>
      guarded(async () => {
        const card = cardOf(key);
        if (card === undefined) return;
        if (action === 'ask') controller.ask(card.key);
        else if (action === 'resume') controller.resume();
        else if (action === 'pin') await controller.pins.pin(card.key);
        else if (action === 'unpin') controller.pins.unpin(card.key);
        else if (action === 'copy') {
          await copyPng(png(card));
          controller.say('info', exportsWords().onClipboard(`${card.title} ${card.scale}`));
        } else {
          const name = `${await placed(state(), card.key)}-${methodWord(card.key, card.title)}.png`;
          saveFile(await png(card), name);
        }
      }),

    /** One PNG of the visible panes: copied, or downloaded where the browser cannot copy pictures. */
    figure: (): Promise<void> =>
      guarded(async () => {
        const blob = figureOf(page, state(), view());
        try {
          await copyPng(blob);
          controller.say('info', exportsWords().figureOnClipboard);
        } catch {
          saveFile(await blob, `${stem(state())}-figure.png`);
          controller.say('info', exportsWords().figureDownloaded);
        }
      }),

    latent: ({ scale, format }: SaveRequest): Promise<void> =>
      guarded(async () => {
        page.saver.isBusy = true;
        try {
          const latent = await controller.latentAt(scale);
          const { saveLatentFile } = await import('../app/show/latent-file.ts');
          const item = currentItem(state());
          const { textsKept } = await import('../app/show/provenance.ts');
          const texts = await textsKept(item);
          const file = saveLatentFile(state(), latent, scale, format as SaveFormat, texts);
          saveFile(
            new Blob([new Uint8Array(file.bytes)], { type: 'application/octet-stream' }),
            file.fileName,
          );
        } finally {
          page.saver.isBusy = false;
        }
      }),

    timings: (format: 'json' | 'csv'): Promise<void> =>
      guarded(async () => {
        const { timingCsv, timingReport } = await import('../app/show/timing-report.ts');
        const report = timingReport(state(), navigator.userAgent, new Date().toISOString());
        const text = format === 'json' ? JSON.stringify(report, null, 2) : timingCsv(report);
        const type = format === 'json' ? 'application/json' : 'text/csv';
        saveFile(new Blob([text], { type }), `${stem(state())}-timings.${format}`);
      }),
  };
}

export type Exports = ReturnType<typeof createExports>;
