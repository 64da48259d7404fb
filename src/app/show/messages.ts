import { AppError } from '../../core/errors.ts';

/** The sentence to show for a failure; ours are sentences already, foreign ones get a frame. */
export function sentenceOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  const text = error instanceof Error ? error.message : String(error);
  return `Something unexpected went wrong (${text}). What was on the page is still there; try again.`;
}
