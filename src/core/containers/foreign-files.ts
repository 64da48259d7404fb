import { startsWith } from '../picture-type.ts';

/** What an XML or HTML file is looked through for its root. */
const XML_HEAD_BYTES = 1024;

const isSvg = (bytes: Uint8Array): boolean =>
  startsWith(bytes, 0, '<') && /<svg[\s>]/i.test(String.fromCharCode(...bytes.subarray(0, XML_HEAD_BYTES)));

const beginsWith =
  (...magics: readonly string[]) =>
  (bytes: Uint8Array): boolean =>
    magics.some((magic) => startsWith(bytes, 0, magic));

/** Well-known files that are not read, each with what to do instead; the first that fits counts. */
const FOREIGN: readonly (readonly [matches: (bytes: Uint8Array) => boolean, sentence: string])[] = [
  [beginsWith('GGUF'), 'This is a GGUF model, which is not read; use the .safetensors form of the model.'],
  [
    beginsWith('version https://git-lfs'),
    'This is a Git LFS pointer, not the file itself; download the real file from its page, or run "git lfs pull".',
  ],
  [isSvg, 'This is an SVG drawing, which has no pixels of its own; save it as PNG and drop that.'],
  [
    beginsWith('<'),
    'This is a web page or XML, not the file itself; the download may have asked for a login. Download it again.',
  ],
  [
    beginsWith('RIFF'),
    'This is a RIFF file (sound or video), neither a latent nor a picture; drop one of those.',
  ],
  [
    beginsWith('\x80'),
    'This is a bare Python pickle, which is not run here; save the latent with numpy.save, torch.save or safetensors.',
  ],
];

/** What a well-known file that is not read is, and what to do instead; null for one that is not known. */
export const foreignSentence = (bytes: Uint8Array): string | null =>
  FOREIGN.find(([matches]) => matches(bytes))?.[1] ?? null;
