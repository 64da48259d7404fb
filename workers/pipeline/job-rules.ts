import type { DecodeJob } from '../../src/contract/engine.ts';
import { methodOf } from '../../src/contract/methods.ts';
import { AppError } from '../../src/core/errors.ts';
import type { Role } from '../../src/core/role.ts';

import type { Model, PipelineModels } from './model.ts';

/** The loaded model of the role that a method needs; throws engine/not-loaded. */
export function requireRole(models: PipelineModels, role: Role, method: string): Model {
  const model = models[role];
  if (model?.description.role === role) return model;
  throw new AppError(
    'engine/not-loaded',
    `"${method}" needs ${role === 'encoder' ? 'an' : 'a'} ${role}, and none is loaded${model === undefined ? '' : ` (${model.description.title} is something else)`}. Load one and try again.`,
  );
}

/** The longest canvas of Firefox; Chromium's is twice that, and pieces of a picture may be as long as they like on neither. */
export const MAX_PICTURE_SIDE = 32_767;

/** Throws engine/run for a picture that no browser has a canvas for: canvases that are too long stay empty without an error. */
export function requireDrawable(
  { height, width }: { readonly height: number; readonly width: number },
  pixelsPerCell: number,
  scale: number,
): void {
  const [wide, high] = [width, height].map((side) => side * pixelsPerCell * scale) as [number, number];
  if (Math.max(wide, high) <= MAX_PICTURE_SIDE) return;
  const most = Math.floor(MAX_PICTURE_SIDE / pixelsPerCell);
  const fitting = [2, 1].find((smaller) => smaller < scale && Math.max(width, height) * smaller <= most);
  const next =
    fitting === undefined
      ? `Open a latent of at most ${most} cells a side.`
      : `Choose ${fitting}x, or a latent of fewer cells.`;
  throw new AppError(
    'engine/run',
    `The picture would have ${wide} x ${high} pixels, and browsers draw at most ${MAX_PICTURE_SIDE} a side. ${next}`,
  );
}

/** Which picture of a latent is wanted. */
export type PictureJob = Pick<DecodeJob, 'scale' | 'method' | 'from'>;

/** Which larger latent is wanted: some upscalers offer factors that no pane of the page shows. */
export interface LatentJob extends Pick<DecodeJob, 'method'> {
  readonly scale: number;
}

/** Factor of a job that enlarges; throws engine/run for a pair of method and scale that does not exist. */
export function factorOf({ scale, method }: LatentJob): number | null {
  if (methodOf(method).isEnlarging !== (scale === 1)) return scale === 1 ? null : scale;
  throw new AppError(
    'engine/run',
    `The method "${method}" does not exist at scale ${scale}: "decode" is for scale 1, the others are for larger ones.`,
  );
}
