import type { DeviceCause } from '../../contract/engine.ts';
import { AppError, type ErrorCode } from '../../core/errors.ts';
import { isMissingPart } from '../../core/missing-part.ts';
import { wordsOf } from '../../words/language.ts';
import { workWords } from '../../words/work.ts';

/** Detail of an AppError whose message is in the page's language already. */
export const TOLD = { isTold: true } as const;

/**
 * The sentence to show for a failure; ours are sentences already, foreign ones get a frame. Ours are in English, since the library has
 * them too: in another language what their code means stands before them.
 */
export function sentenceOf(error: unknown): string {
  if (isMissingPart(error)) return workWords().partMissing;
  if (error instanceof AppError) {
    const { code, message, detail } = error;
    return detail['isTold'] === true ? message : told(code, message);
  }
  const text = error instanceof Error ? error.message : String(error);
  return workWords().unexpected(text);
}

const told = (code: ErrorCode, message: string): string => inWordsOf('errors', code, message);

/** Why the machine is used as it is; like failures, the engine says it in English. */
export const causeOf = (cause: DeviceCause, reason: string): string => inWordsOf('causes', cause, reason);

function inWordsOf(registry: 'errors' | 'causes', id: string, message: string): string {
  const { text } = wordsOf(registry, id, { text: '' });
  return text === '' ? message : `${text} (${message})`;
}
