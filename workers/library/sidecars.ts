import type { StoredNetwork, StoredWeights } from '../../src/contract/weights-library.ts';
import { isRecord } from '../../src/core/is-record.ts';
import type { DownloadState } from './download.ts';

/** What lies beside an unfinished download. */
export interface StoredDownload extends DownloadState {
  readonly version: 1;
  readonly name: string;
  readonly address: string;
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isAddress = (value: unknown): boolean => value === null || isText(value);

/** Null for text that is no JSON object of version 1: a sidecar is a convenience, and a damaged one is as good as none. */
function parse(text: string | null): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = text === null ? null : JSON.parse(text);
    return isRecord(value) && value['version'] === 1 ? value : null;
  } catch {
    return null;
  }
}

const isNetwork = (value: unknown): value is StoredNetwork =>
  isRecord(value) &&
  ['role', 'architecture', 'title', 'space'].every((name) => isText(value[name])) &&
  isTexts(value['families']) &&
  (value['gives'] === undefined || isTexts(value['gives'])) &&
  isCount(value['channels']) &&
  isCount(value['parameters']) &&
  Array.isArray(value['scales']) &&
  value['scales'].every(isCount);

/** The description that lies beside a stored file, or null where it cannot be trusted. */
export function parseStored(text: string | null): StoredWeights | null {
  const value = parse(text);
  if (value === null) return null;
  const { id, name, address, sizeBytes, sha256 } = value;
  // Earlier builds called them parts; what people stored with those keeps its name and address.
  const networks = value['networks'] ?? value['parts'];
  const isWhole =
    isText(id) &&
    isText(name) &&
    isAddress(address) &&
    isCount(sizeBytes) &&
    isText(sha256) &&
    Array.isArray(networks) &&
    networks.length > 0 &&
    networks.every(isNetwork);
  return isWhole ? ({ id, name, address, sizeBytes, sha256, networks } as unknown as StoredWeights) : null;
}

export function parseDownload(text: string | null): StoredDownload | null {
  const value = parse(text);
  if (value === null) return null;
  const { name, address, totalBytes, etag } = value;
  return isText(name) && isText(address) && isCount(totalBytes) && isAddress(etag)
    ? { version: 1, name, address, totalBytes: totalBytes as number, etag: etag as string | null }
    : null;
}
