import { describe, expect, it } from 'vitest';
import { AppError } from './errors.ts';

describe('an error’s sentence', () => {
  it('stays short where a file put a long name into it, and keeps what was found and what to do', () => {
    const { message } = new AppError(
      'file/malformed',
      `Tensor "${'n'.repeat(1e6)}" has no data in the file; download or save the file again.`,
    );
    expect(message.length).toBeLessThanOrEqual(1000);
    expect(message).toMatch(/^Tensor "n+/);
    expect(message).toContain(' … ');
    expect(message).toMatch(/download or save the file again\.$/);
  });

  it('is left as it is where it is a sentence of ours', () => {
    expect(new AppError('gpu/lost', 'The GPU is gone; reload the page.').message).toBe(
      'The GPU is gone; reload the page.',
    );
  });

  it('does not cut a letter of two code units in half', () => {
    const { message } = new AppError('file/malformed', `a${'😀'.repeat(5000)}b`);
    expect(() => encodeURIComponent(message)).not.toThrow();
  });
});
