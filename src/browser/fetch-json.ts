import { AppError } from '../core/errors.ts';

/** The lists have a few kilobytes: whatever has not come by then is not coming. */
const PATIENCE_MS = 30_000;

/** The JSON at an address of the page's own folder. Throws model/fetch where it is missing, no JSON, or does not come in time. */
export async function fetchJson(url: URL, patienceMs = PATIENCE_MS): Promise<unknown> {
  const name = url.pathname.split('/').slice(-2).join('/');
  const failed = (found: string, next: string, cause?: unknown): AppError =>
    new AppError('model/fetch', `${name} could not be read: ${found}. ${next}`, {
      detail: { url: url.href },
      cause,
    });
  const whole = 'Check that the folder was published whole, and try again.';
  const signal = AbortSignal.timeout(patienceMs);
  let text: string;
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw failed(`the server answered ${response.status}`, whole);
    text = await response.text();
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (signal.aborted) {
      throw failed(
        `it has not come within ${patienceMs / 1000} s`,
        'Try again, or check the connection.',
        error,
      );
    }
    throw failed('the server was not reached', 'Check the connection and try again.', error);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw failed(`it begins with “${text.trimStart().slice(0, 20)}” instead of JSON`, whole, cause);
  }
}
