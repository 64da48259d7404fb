import { expose, wrap } from 'comlink';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError, isAbort } from '../core/errors.ts';
import { installTransferHandlers } from './transfer.ts';

installTransferHandlers();

const open: { close(): void }[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

/** A function on the other side of a message channel that throws `thrown`. */
function remoteThrowing(thrown: unknown): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  expose(() => {
    throw thrown;
  }, port1);
  return wrap<() => void>(port2);
}

describe('errors across the boundary', () => {
  it('an AppError keeps its class, code, detail and message', async () => {
    const error = await remoteThrowing(
      new AppError('model/integrity', 'The file is damaged.', { detail: { expected: 'ab', found: 'cd' } }),
    )().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({
      code: 'model/integrity',
      message: 'The file is damaged.',
      detail: { expected: 'ab', found: 'cd' },
    });
  });

  it('an AbortError stays one', async () => {
    const error = await remoteThrowing(new DOMException('stopped', 'AbortError'))().catch((e: unknown) => e);
    expect(isAbort(error)).toBe(true);
  });

  it('a foreign error keeps its name and message', async () => {
    await expect(remoteThrowing(new RangeError('too big'))()).rejects.toMatchObject({
      name: 'RangeError',
      message: 'too big',
    });
  });

  it('a thrown value that is no error arrives as it is', async () => {
    await expect(remoteThrowing('plain')()).rejects.toBe('plain');
  });
});
