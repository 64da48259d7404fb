import { releaseProxy, type TransferHandler, transferHandlers } from 'comlink';
import { AppError, type ErrorCode } from '../core/errors.ts';
import type { Report } from './call.ts';
import type { Engine } from './engine.ts';

/** An error as plain data: what survives the structured clone on every browser. */
interface WireError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: ErrorCode;
  readonly detail?: Readonly<Record<string, unknown>>;
}

type WireThrow =
  | { readonly isError: true; readonly error: WireError }
  | { readonly isError: false; readonly value: unknown };

const toWire = (error: Error): WireError => ({
  name: error.name,
  message: error.message,
  stack: error.stack,
  ...(error instanceof AppError ? { code: error.code, detail: error.detail } : {}),
});

function fromWire(wire: WireError): Error {
  const error =
    wire.code === undefined
      ? wire.name === 'AbortError'
        ? new DOMException(wire.message, 'AbortError')
        : Object.assign(new Error(wire.message), { name: wire.name })
      : new AppError(wire.code, wire.message, wire.detail === undefined ? {} : { detail: wire.detail });
  // A DOMException's stack is its own; the others keep the stack of the thread that failed.
  if (!(error instanceof DOMException) && wire.stack !== undefined) error.stack = wire.stack;
  return error;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** The bitmap that `value` is or carries; there is no such class in Node. */
function bitmapOf(value: unknown): ImageBitmap | null {
  if (typeof ImageBitmap === 'undefined') return null;
  if (value instanceof ImageBitmap) return value;
  return isObject(value) && value['bitmap'] instanceof ImageBitmap ? value['bitmap'] : null;
}

let isInstalled = false;

/**
 * Teaches Comlink, on the side that calls it, two things it does not do by itself: thrown AppErrors keep `code` and
 * `detail` and stay instances, as do AbortErrors; and an ImageBitmap, alone or as the field `bitmap` of a message, moves
 * instead of being copied. To be called on both sides of the boundary before the first message.
 */
export function installTransferHandlers(): void {
  if (isInstalled) return;
  isInstalled = true;
  const throwing = transferHandlers.get('throw') as
    | TransferHandler<{ value: unknown }, WireThrow>
    | undefined;
  if (throwing === undefined) throw new Error('comlink has no "throw" handler to widen');
  transferHandlers.set('throw', {
    canHandle: throwing.canHandle,
    serialize: ({ value }: { value: unknown }): [WireThrow, Transferable[]] =>
      value instanceof Error
        ? [{ isError: true, error: toWire(value) }, []]
        : [{ isError: false, value }, []],
    deserialize: (wire: WireThrow): never => {
      throw wire.isError ? fromWire(wire.error) : wire.value;
    },
  });
  const bitmaps: TransferHandler<unknown, unknown> = {
    canHandle: (value: unknown): value is unknown => bitmapOf(value) !== null,
    serialize: (value) => {
      const bitmap = bitmapOf(value);
      return [value, bitmap === null ? [] : [bitmap]];
    },
    deserialize: (value) => value,
  };
  transferHandlers.set('bitmap', bitmaps);
}

/** A report that came over the boundary is a proxy that holds a message port until it is let go. */
function release(report: Report): void {
  (report as Report & { [releaseProxy]?: () => void })[releaseProxy]?.();
}

/** The engine for the other side of a boundary: each call lets go of its report when it ends. */
export const releasingReports = (engine: Engine): Engine => ({
  ...engine,
  load: (id, plan, report) => engine.load(id, plan, report).finally(() => release(report)),
  decode: (id, job, report) => engine.decode(id, job, report).finally(() => release(report)),
  upscale: (id, job, report) => engine.upscale(id, job, report).finally(() => release(report)),
  encode: (id, picture, report) => engine.encode(id, picture, report).finally(() => release(report)),
  importWeights: (id, source, report) =>
    engine.importWeights(id, source, report).finally(() => release(report)),
});
