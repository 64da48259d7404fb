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
 */
export const defined: Promise<typeof LatentLiftElement | null> =
  typeof customElements === 'undefined'
    ? Promise.resolve(null)
    : import('./latent-lift.ts').then((module) => module.LatentLiftElement);
