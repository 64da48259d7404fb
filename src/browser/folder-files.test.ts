import { describe, expect, it } from 'vitest';
import { filesOf, MOST_FILES, openableFiles } from './folder-files.ts';

const file = (name: string, size = 10): File =>
  Object.defineProperty(new File([], name), 'size', { value: size });

describe('the files of a folder', () => {
  it('are opened by name, numbers as numbers, without what is neither latent nor picture', () => {
    const { files, note } = openableFiles([
      file('b10.npy'),
      file('b9.npy'),
      file('a.PNG'),
      file('notes.txt'),
      file('.hidden.png'),
      file('model.safetensors', 7e9),
    ]);
    expect(files.map(({ name }) => name)).toEqual(['a.PNG', 'b9.npy', 'b10.npy']);
    expect(note).toBe('3 files of the folder were left out: no latent or picture, or a checkpoint.');
  });

  it('are bounded, and it is said that there were more', () => {
    const { files, note } = openableFiles(
      Array.from({ length: MOST_FILES + 5 }, (_, index) => file(`${index}.npy`)),
    );
    expect(files).toHaveLength(MOST_FILES);
    expect(note).toContain(`Only the first ${MOST_FILES} were opened`);
  });

  it('that hold nothing to open are said to', () => {
    expect(openableFiles([file('a.txt')]).note).toBe(
      'The folder holds 1 file, and none is a latent or a picture.',
    );
    expect(openableFiles([file('a.npy')]).note).toBeNull();
  });

  it('are found in folders within, a hundred at a time', async () => {
    const leaf = (name: string) => ({ isFile: true, file: (tell: (file: File) => void) => tell(file(name)) });
    const folder = (...parts: object[]) => ({
      isFile: false,
      createReader: () => ({ readEntries: (tell: (some: object[]) => void) => tell(parts.splice(0, 2)) }),
    });
    const entries = [
      leaf('a'),
      folder(leaf('b'), folder(leaf('c')), leaf('d')),
    ] as unknown as FileSystemEntry[];
    expect((await filesOf(entries)).map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  });
});
