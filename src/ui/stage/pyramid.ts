type Drawable = ImageBitmap | OffscreenCanvas;

/** Rows halved in one go: 512 rows of a 4096-pixel picture take a few milliseconds, so no task grows long. */
const STRIP_ROWS = 256;
/** Below this nothing is gained by a smaller copy. */
const SMALLEST_SIDE = 256;

/**
 * Ever smaller copies of a picture, each half the one before (2 x 2 average), so that a 4096-pixel picture in a 400-pixel
 * pane is neither aliased nor slow to pan. Built in the background; until then the full picture is drawn.
 */
export interface Pyramid {
  readonly levels: readonly Drawable[];
}

const pyramids = new WeakMap<Drawable, { levels: Drawable[] }>();

/** The pyramid of `image` as far as it is built; `onLevel` is called when another level is ready. */
export function pyramidOf(image: Drawable, onLevel: () => void): Pyramid {
  const known = pyramids.get(image);
  if (known !== undefined) return known;
  const pyramid = { levels: [image] };
  pyramids.set(image, pyramid);
  void grow(pyramid, onLevel);
  return pyramid;
}

async function grow(pyramid: { levels: Drawable[] }, onLevel: () => void): Promise<void> {
  let source = pyramid.levels[0];
  while (source !== undefined && Math.min(source.width, source.height) >= 2 * SMALLEST_SIDE) {
    const half: OffscreenCanvas = new OffscreenCanvas(source.width >> 1, source.height >> 1);
    const context = half.getContext('2d');
    if (context === null) return;
    context.imageSmoothingQuality = 'low';
    for (let row = 0; row < half.height; row += STRIP_ROWS) {
      await nextTurn();
      if (source.width === 0) return; // Closed meanwhile: its item gave way to another.
      const rows = Math.min(STRIP_ROWS, half.height - row);
      context.drawImage(source, 0, row * 2, half.width * 2, rows * 2, 0, row, half.width, rows);
    }
    pyramid.levels.push(half);
    source = half;
    onLevel();
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** The smallest level that is still at least as fine as the screen: `zoom` is device pixels per pixel of the full picture. */
export function levelFor(levelCount: number, zoom: number): number {
  const wanted = zoom >= 1 ? 0 : Math.floor(Math.log2(1 / zoom) + 1e-6);
  return Math.min(wanted, levelCount - 1);
}
