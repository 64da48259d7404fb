/** A call's name, chosen by the caller, for `cancel`. */
export type CallId = number;

/**
 * Decoration on the way: `loadedBytes` never falls, `totalBytes` never changes, and both meet at the end; `tile` counts
 * finished tiles from 0 to `tiles`: a step is told when it begins, and again at the end of each tile. A `paint` carries the pixels of one finished tile; the receiver closes the bitmap.
 */
export type Progress =
  | { readonly kind: 'queued' }
  | {
      readonly kind: 'fetch';
      readonly file: string;
      readonly loadedBytes: number;
      readonly totalBytes: number;
    }
  | {
      /** A file that lies in the browser's storage is checked against its hash. */
      readonly kind: 'verify';
      readonly file: string;
      readonly loadedBytes: number;
      readonly totalBytes: number;
    }
  | { readonly kind: 'compile'; readonly file: string }
  | { readonly kind: 'warmup'; readonly file: string }
  | { readonly kind: 'encode'; readonly tile: number; readonly tiles: number }
  | { readonly kind: 'upscale'; readonly tile: number; readonly tiles: number }
  | { readonly kind: 'decode'; readonly tile: number; readonly tiles: number }
  | {
      readonly kind: 'paint';
      readonly bitmap: ImageBitmap;
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
    };

export type Report = (progress: Progress) => void;
