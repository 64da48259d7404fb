import { AppError, type ErrorCode } from '../errors.ts';
import { isRecord } from '../is-record.ts';
import { BITS, byteLength, isDType } from './item-size.ts';
import { type JsonLimits, judgeJson } from './json-limits.ts';
import { repeatedKey } from './repeated-key.ts';
import { MAX_RANK } from './strided.ts';
import type { DType, FileTensor, TensorFile } from './tensor.ts';

/**
 * The format allows headers of 100 MB; the largest that we know of (tens of thousands of tensors) has 5 MB. Parsing costs
 * about ten times the text in memory, so the cap keeps a lying header from taking more than the rest of the page has.
 */
const MAX_HEADER_BYTES = 20_000_000;

/**
 * A header is an object of objects with lists of numbers: three levels, and one more for good measure. A tensor has 9 to 14
 * members; 30,000 tensors are several times the most in any checkpoint that we know of, and are read within a second.
 */
const HEADER_LIMITS: JsonLimits = { depth: 4, members: 450_000 };

const fail = (code: ErrorCode, message: string, cause?: unknown): AppError =>
  new AppError(code, message, { cause });

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const tooMuch = (): AppError =>
  fail(
    'file/too-large',
    `The safetensors header nests past ${HEADER_LIMITS.depth} levels or holds more than ${HEADER_LIMITS.members} values, far more than tensors need; write the file again with the tensors alone.`,
  );

/** Header text -> object, refusing what is not UTF-8, not an object, or names a key twice. */
function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  let text: string;
  let hasFraction = false;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const verdict = text.startsWith('{') ? judgeJson(text, HEADER_LIMITS) : 'fine';
    if (verdict === 'too-much') throw tooMuch();
    hasFraction = verdict === 'fraction';
    header = text.startsWith('{') ? JSON.parse(text) : undefined;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw fail(
      'file/malformed',
      'The safetensors header is not valid JSON in UTF-8; download the file again.',
      cause,
    );
  }
  if (!isRecord(header)) {
    throw fail(
      'file/malformed',
      'The safetensors header is not valid JSON beginning with "{"; download the file again.',
    );
  }
  if (hasFraction) {
    throw fail(
      'file/malformed',
      'The safetensors header has a number that is not written as a plain whole one; write the file again.',
    );
  }
  const twice = repeatedKey(text);
  if (twice !== null) {
    throw fail(
      'file/malformed',
      `The safetensors header names "${twice}" twice, which the format forbids; write the file again.`,
    );
  }
  return header;
}

function parseEntry(name: string, value: unknown): TensorPlace {
  if (!isRecord(value)) {
    throw fail(
      'file/malformed',
      `The safetensors entry "${name}" is no object with dtype, shape and data_offsets.`,
    );
  }
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDType(dtype)) {
    throw fail(
      'file/unsupported',
      `Tensor "${name}" has the unknown element kind ${typeof dtype === 'string' ? `"${dtype.slice(0, 40)}"` : '(no text)'}; known kinds: ${Object.keys(BITS).join(', ')}.`,
    );
  }
  if (!Array.isArray(shape) || shape.length > MAX_RANK || !shape.every(isSize)) {
    throw fail(
      'file/malformed',
      `The shape of tensor "${name}" is no list of at most ${MAX_RANK} whole numbers; write the file again.`,
    );
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize)) {
    throw fail(
      'file/malformed',
      `The data_offsets of tensor "${name}" are not two whole numbers; write the file again.`,
    );
  }
  const [begin, end] = offsets as [number, number];
  const needed = byteLength(dtype, shape);
  if (needed === null) {
    throw fail(
      'file/malformed',
      `Tensor "${name}" claims an impossible size ([${shape}] ${dtype}); the header is damaged.`,
    );
  }
  if (end - begin !== needed) {
    throw fail(
      'file/malformed',
      `Tensor "${name}" spans ${end - begin} bytes but its shape [${shape}] in ${dtype} needs ${needed}; the header is damaged.`,
    );
  }
  return { name, dtype, shape, begin, end };
}

function parseMetadata(value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!isRecord(value) || !Object.values(value).every((v) => typeof v === 'string')) {
    throw fail(
      'file/malformed',
      'The safetensors __metadata__ is no map from strings to strings; write the file again.',
    );
  }
  return value as Record<string, string>;
}

/** Where a tensor's data lies, in bytes from the start of the file. */
export interface TensorPlace {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Length of the part before the data, told from the first 8 bytes of a file of `fileBytes`. Throws file/truncated or
 * file/too-large where the file claims what it cannot hold, or more than is read.
 */
export function safetensorsHeadBytes(first: Uint8Array, fileBytes: number): number {
  if (fileBytes < 8) {
    throw fail(
      'file/truncated',
      `A safetensors file begins with an 8-byte header size; this one has ${fileBytes} bytes.`,
    );
  }
  const headerBytes = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (headerBytes > BigInt(fileBytes - 8)) {
    throw fail(
      'file/truncated',
      `The safetensors header claims ${headerBytes} bytes, but only ${fileBytes - 8} follow; the file is cut short or no safetensors file.`,
    );
  }
  if (headerBytes > MAX_HEADER_BYTES) {
    throw fail(
      'file/too-large',
      `The safetensors header has ${headerBytes} bytes; at most ${MAX_HEADER_BYTES} are read.`,
    );
  }
  return 8 + Number(headerBytes);
}

/**
 * The tensors of a safetensors file of `fileBytes`, in the order of their data, from its head alone (see
 * `safetensorsHeadBytes`). Enforces every layout rule of the format: entries sorted by offset begin at 0, touch each other,
 * match their shapes and end with the file. Throws file/truncated, file/malformed or file/unsupported.
 */
export function readSafetensorsHead(
  head: Uint8Array,
  fileBytes: number,
): { readonly places: readonly TensorPlace[]; readonly metadata: Readonly<Record<string, string>> } {
  const start = head.length;
  const { __metadata__: metadata, ...rest } = parseHeader(head.subarray(8));
  const entries = Object.entries(rest).map(([name, value]) => parseEntry(name, value));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);

  let expected = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== expected) {
      const what = begin < expected ? 'overlaps the tensor before it' : 'leaves a hole before it';
      throw fail(
        'file/malformed',
        `Tensor "${name}" begins at byte ${begin} of the data and ${what} (expected ${expected}).`,
      );
    }
    expected = end;
  }
  const held = fileBytes - start;
  if (expected > held) {
    throw fail(
      'file/truncated',
      `The safetensors header describes ${expected} bytes of data, but the file holds ${held}; download it again.`,
    );
  }
  if (expected < held) {
    throw fail(
      'file/malformed',
      `${held - expected} bytes follow the last tensor, and the format allows none; the file is padded or damaged.`,
    );
  }
  return {
    places: entries.map((entry) => ({ ...entry, begin: start + entry.begin, end: start + entry.end })),
    metadata: parseMetadata(metadata),
  };
}

/**
 * A safetensors file -> its tensors, in the order of their data, as views on `bytes` (nothing is copied, so a 300 MB file costs
 * its header only). Throws file/truncated, file/malformed, file/too-large or file/unsupported.
 */
export function readSafetensors(bytes: Uint8Array): TensorFile {
  const head = bytes.subarray(0, safetensorsHeadBytes(bytes, bytes.length));
  const { places, metadata } = readSafetensorsHead(head, bytes.length);
  const tensors = new Map<string, FileTensor>(
    places.map(({ name, dtype, shape, begin, end }) => [
      name,
      { name, dtype, shape, bytes: bytes.subarray(begin, end) },
    ]),
  );
  return { container: 'safetensors', tensors, metadata };
}
