import { AppError } from '../errors.ts';
import { isNpy, type NpyOptions, readNpy } from './npy.ts';
import { readNpz } from './npz.ts';
import { isPng } from './png-chunks.ts';
import { readPng8 } from './png8.ts';
import { readSafetensors } from './safetensors.ts';
import type { TensorFile } from './tensor.ts';
import { isLegacyTorch, readTorch } from './torch.ts';
import { readZip } from './zip.ts';

const startsWith = (bytes: Uint8Array, text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (bytes[i] !== text.charCodeAt(i)) return false;
  return true;
};

/** Well-known files that are no tensor file, each with what to do instead. */
const OTHERS: readonly (readonly [magic: string, sentence: string])[] = [
  ['GGUF', 'This is a GGUF model, which is not read; use the .safetensors form of the model.'],
  [
    'version https://git-lfs',
    'This is a Git LFS pointer, not the file itself; download the real file from its page.',
  ],
  [
    '<',
    'This is a web page or XML, not the file itself; the download may have asked for a login. Download it again.',
  ],
  ['\xff\xd8\xff', 'This is a JPEG picture, not a latent; drop it as a picture to encode.'],
  ['RIFF', 'This is a WebP or another RIFF file, not a latent; drop pictures to encode them.'],
  [
    '\x80',
    'This is a bare Python pickle, which is not run here; save the latent with numpy.save, torch.save or safetensors.',
  ],
];

function openZip(bytes: Uint8Array, options: NpyOptions): TensorFile {
  const names = [...readZip(bytes).keys()];
  if (names.some((name) => name === 'data.pkl' || name.endsWith('/data.pkl'))) return readTorch(bytes);
  if (names.some((name) => name.endsWith('.npy'))) return readNpz(bytes, options);
  throw new AppError(
    'file/unknown-format',
    'This ZIP archive holds neither NumPy arrays (.npz) nor torch tensors (.pt); unpack it and drop the latent itself.',
  );
}

/**
 * Any tensor file, told by its content: .npy, .npz, safetensors (ComfyUI's .latent too), torch ZIP, 8-bit PNG. `fileName` only
 * colours the message when nothing fits, and asks for bfloat16 where it says "bf16" and an array leaves its kind open. Tensors are views on `bytes` where possible: keep it unchanged while they are in use.
 * Throws AppError file/* with a sentence, never anything else.
 */
export function openTensorFile(
  bytes: Uint8Array,
  fileName = '',
  options: NpyOptions = /bf16|bfloat16/i.test(fileName) ? { voidAs: 'BF16' } : {},
): TensorFile {
  if (bytes.length === 0) {
    throw new AppError('file/truncated', 'The file is empty (0 bytes); download or save it again.');
  }
  if (isNpy(bytes)) return readNpy(bytes, options);
  if (isPng(bytes)) return readPng8(bytes);
  if (startsWith(bytes, 'PK\x03\x04') || startsWith(bytes, 'PK\x05\x06')) return openZip(bytes, options);
  if (isLegacyTorch(bytes)) return readTorch(bytes);
  if (bytes[8] === 0x7b || /\.(safetensors|latent|sft)$/i.test(fileName)) return readSafetensors(bytes);
  const other = OTHERS.find(([magic]) => startsWith(bytes, magic));
  throw new AppError(
    'file/unknown-format',
    other?.[1] ??
      `The content of ${fileName === '' ? 'the file' : `"${fileName}"`} is no known tensor file; expected .npy, .npz, .safetensors, .latent, .pt/.pth or an 8-bit PNG latent.`,
  );
}
