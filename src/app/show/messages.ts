import { AppError } from '../../core/errors.ts';
import { workWords } from '../../words/work.ts';

/** The sentence to show for a failure; ours are sentences already, foreign ones get a frame. */
export function sentenceOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  const text = error instanceof Error ? error.message : String(error);
  return workWords().unexpected(text);
}
