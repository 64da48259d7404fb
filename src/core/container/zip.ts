import { AppError } from '../errors.ts';
import type { ByteBudget } from './byte-budget.ts';
import { crc32 } from './crc32.ts';
import { inflate, inflateStart } from './inflate.ts';

// PKWARE APPNOTE 6.3.10, sections 4.3.7 to 4.3.16: record signatures and the sizes of their fixed parts.
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
const CENTRAL = 0x02014b50;
const CENTRAL_BYTES = 46;
const END = 0x06054b50;
const END_BYTES = 22;
const END64 = 0x06064b50;
const END64_BYTES = 56;
const LOCATOR64 = 0x07064b50;
const LOCATOR64_BYTES = 20;
const MAX_COMMENT_BYTES = 65_535;
const U32_MAX = 0xffffffff;

/** One member as the central directory describes it; `packed` is a view on the archive. */
export interface ZipMember {
  readonly name: string;
  readonly method: 'stored' | 'deflated';
  readonly packed: Uint8Array;
  /** Bytes after inflation, as claimed. */
  readonly size: number;
  readonly crc: number;
}

const damaged = (what: string): AppError =>
  new AppError('file/malformed', `The ZIP archive is damaged: ${what}; download or write the file again.`);

/** A view that answers out-of-range reads with our error instead of a RangeError. */
class Fields {
  readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  private check(at: number, length: number): void {
    if (!(at >= 0 && at + length <= this.bytes.length)) {
      throw damaged(`a record lies at byte ${at}, outside the file`);
    }
  }

  u16(at: number): number {
    this.check(at, 2);
    return this.view.getUint16(at, true);
  }

  u32(at: number): number {
    this.check(at, 4);
    return this.view.getUint32(at, true);
  }

  /** A 64-bit size or offset; beyond 2^53 it is rounded, and so outside every file. */
  u64(at: number): number {
    this.check(at, 8);
    return Number(this.view.getBigUint64(at, true));
  }

  slice(at: number, length: number): Uint8Array {
    this.check(at, length);
    return this.bytes.subarray(at, at + length);
  }
}

/** Where the central directory lies. The end record must close the file: bytes after it mean padding or a cut. */
function findDirectory(file: Fields): { begin: number; end: number; count: number } {
  const length = file.bytes.length;
  const lowest = Math.max(0, length - END_BYTES - MAX_COMMENT_BYTES);
  for (let at = length - END_BYTES; at >= lowest; at--) {
    if (file.u32(at) !== END || at + END_BYTES + file.u16(at + 20) !== length) continue;
    let size = file.u32(at + 12);
    let begin = file.u32(at + 16);
    let end = at;
    let count = file.u16(at + 10);
    const locator = at - LOCATOR64_BYTES;
    if (locator >= 0 && file.u32(locator) === LOCATOR64) {
      end = file.u64(locator + 8);
      if (end + END64_BYTES > locator || file.u32(end) !== END64) {
        throw damaged('its 64-bit end record is missing');
      }
      count = file.u64(end + 32);
      size = file.u64(end + 40);
      begin = file.u64(end + 48);
    }
    if (begin + size !== end) throw damaged('its directory does not end where the end record begins');
    return { begin, end, count };
  }
  throw new AppError(
    'file/truncated',
    'The ZIP archive has no end record: the file is cut short or padded; download or write it again.',
  );
}

/** The 64-bit values that stand in extra field 1 for each 32-bit value that is all ones (APPNOTE 4.5.3). */
function zip64Values(file: Fields, at: number, length: number, wanted: number): number[] {
  for (let p = at; p + 4 <= at + length; ) {
    const id = file.u16(p);
    const bytes = file.u16(p + 2);
    if (id === 1 && bytes >= wanted * 8 && p + 4 + bytes <= at + length) {
      return Array.from({ length: wanted }, (_, i) => file.u64(p + 4 + 8 * i));
    }
    p += 4 + bytes;
  }
  throw damaged('a 64-bit size is missing');
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

function readMember(
  file: Fields,
  at: number,
  dataEnd: number,
): { member: ZipMember; begin: number; end: number } {
  const flags = file.u16(at + 8);
  const method = file.u16(at + 10);
  const nameBytes = file.u16(at + 28);
  const nameAsWritten = file.slice(at + CENTRAL_BYTES, nameBytes);
  const name = new TextDecoder().decode(nameAsWritten);
  let packedSize = file.u32(at + 20);
  let size = file.u32(at + 24);
  let local = file.u32(at + 42);
  const wanted = [size, packedSize, local].filter((value) => value === U32_MAX).length;
  if (wanted > 0) {
    const values = zip64Values(file, at + CENTRAL_BYTES + nameBytes, file.u16(at + 30), wanted);
    if (size === U32_MAX) size = values.shift() as number;
    if (packedSize === U32_MAX) packedSize = values.shift() as number;
    if (local === U32_MAX) local = values.shift() as number;
  }
  if (flags & 1) {
    throw new AppError(
      'file/unsupported',
      `Member "${name}" of the archive is encrypted; save it without a password.`,
    );
  }
  if (method !== 0 && method !== 8) {
    throw new AppError(
      'file/unsupported',
      `Member "${name}" of the archive is compressed by method ${method}; only stored (0) and deflated (8) members are read.`,
    );
  }
  if (file.u32(local) !== LOCAL) throw damaged(`member "${name}" is not where the directory says`);
  // Readers that go by the local headers must not see another archive than those that go by the directory.
  const localName = file.slice(local + LOCAL_BYTES, file.u16(local + 26));
  if (file.u16(local + 8) !== method || !isSame(localName, nameAsWritten)) {
    throw damaged(`member "${name}" is described in two ways`);
  }
  // The local header's own sizes are not trusted: numpy and PyTorch leave them 0 or all ones.
  const begin = local + LOCAL_BYTES + file.u16(local + 26) + file.u16(local + 28);
  const end = begin + packedSize;
  if (end > dataEnd) throw damaged(`member "${name}" runs past the directory`);
  if (method === 0 && size !== packedSize) throw damaged(`stored member "${name}" has two sizes`);
  const packed = file.slice(begin, packedSize);
  const crc = file.u32(at + 16);
  return {
    member: { name, method: method === 0 ? 'stored' : 'deflated', packed, size, crc },
    begin: local,
    end,
  };
}

/**
 * The members of a ZIP archive by name, from the central directory alone, as views on `bytes`: nothing is inflated yet, so
 * a 300 MB checkpoint costs nothing here. Our own directory reader, because fflate's `unzipSync` copies stored members and
 * trusts counts and offsets. Refuses overlapping members, double names, encryption and other methods.
 */
export function readZip(bytes: Uint8Array): ReadonlyMap<string, ZipMember> {
  const file = new Fields(bytes);
  const directory = findDirectory(file);
  const members = new Map<string, ZipMember>();
  const spans: { begin: number; end: number }[] = [];
  for (let at = directory.begin; at < directory.end; ) {
    if (at + CENTRAL_BYTES > directory.end || file.u32(at) !== CENTRAL) {
      throw damaged('its directory is cut short');
    }
    const { member, begin, end } = readMember(file, at, directory.begin);
    if (members.has(member.name)) throw damaged(`two members are named "${member.name}"`);
    members.set(member.name, member);
    spans.push({ begin, end });
    at += CENTRAL_BYTES + file.u16(at + 28) + file.u16(at + 30) + file.u16(at + 32);
  }
  if (members.size !== directory.count) {
    throw damaged(`it counts ${directory.count} members and lists ${members.size}`);
  }
  spans.sort((a, b) => a.begin - b.begin);
  spans.reduce((before, span) => {
    if (span.begin < before) throw damaged('two members share bytes');
    return span.end;
  }, 0);
  return members;
}

const titleOf = ({ name }: ZipMember): string => `Member "${name}" of the archive`;

/** A member's first `count` bytes or more, or all that it has; little is inflated for them. Throws file/malformed. */
export const memberStart = (member: ZipMember, count: number): Uint8Array =>
  member.method === 'stored' ? member.packed : inflateStart(member.packed, count, titleOf(member));

/** A member's bytes: a view where it is stored, a fresh array counted against `budget` where it is deflated. Checks the CRC if asked. */
export function memberBytes(member: ZipMember, budget: ByteBudget, check: 'crc' | 'no-crc'): Uint8Array {
  const bytes =
    member.method === 'stored' ? member.packed : inflate(member.packed, member.size, budget, titleOf(member));
  if (check === 'crc' && crc32(bytes) !== member.crc) {
    throw damaged(`the checksum of member "${member.name}" does not fit its bytes`);
  }
  return bytes;
}
