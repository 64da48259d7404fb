import type { LatentLiftElement } from './latent-lift.ts';

export type {
  CompareMode,
  LatentLiftElement,
  LoadedDetail,
  PictureDetail,
} from './latent-lift.ts';

/**
 * `latentlift/element`: importing it registers `<latent-lift>` where there is a document; on a server it does nothing. Resolves when
 * the element is defined.
 *
 * @example
 * ```ts
 * import 'latentlift/element';
 * import type { PictureDetail } from 'latentlift/element';
 *
 * const element = document.createElement('latent-lift');
 * element.src = 'latent.npy';
 * element.scale = '2 4';
 * element.addEventListener('latentlift-picture', (event) => {
 *   const { scale, timings } = (event as CustomEvent<PictureDetail>).detail;
 *   console.log(scale, timings.totalMs);
 * });
 * document.body.append(element);
 * ```
 */
export const defined: Promise<typeof LatentLiftElement | null> =
  typeof customElements === 'undefined'
    ? Promise.resolve(null)
    : import('./latent-lift.ts').then((module) => module.LatentLiftElement);
