import { AppError, type ErrorCode } from './errors.ts';

/** A script of the page that the host does not have any more, as after a new version was published. */
export const missingPart = (what: string, code: ErrorCode = 'file/unreadable'): AppError =>
  new AppError(
    code,
    `${what} could not be loaded: a new version of the page is here, or the connection broke. Reload the page.`,
    { detail: { isPartMissing: true } },
  );

/** What Chromium, Firefox and WebKit say of an `import()` whose script does not come, or comes as HTML. */
const FAILED_IMPORT = /dynamically imported module|Importing a module script failed/i;

/** Whether a failure means that a script of the page is missing. */
export const isMissingPart = (error: unknown): boolean =>
  error instanceof AppError
    ? error.detail['isPartMissing'] === true
    : error instanceof Error && FAILED_IMPORT.test(error.message);
