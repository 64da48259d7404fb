import { answerOf, type Broke, lengthOf, piecesOf } from './fetch-body.ts';

export interface FetchWholeOptions {
  readonly fetch?: typeof fetch;
  readonly signal?: AbortSignal | undefined;
  /** What has come, and the whole: a length that is not told, or is that of a compressed form, grows with what comes. */
  readonly onBytes?: (loadedBytes: number, totalBytes: number) => void;
}

/** A file by its address. Throws what `broke` makes of why it cannot be had, a stall included, and the signal's reason for a cancel. */
export async function fetchWhole(
  url: string,
  { fetch: load = fetch, signal, onBytes }: FetchWholeOptions,
  broke: Broke,
): Promise<Uint8Array<ArrayBuffer>> {
  const { ok, status, headers, body } = await answerOf(load, url, { signal }, broke);
  if (!ok || body === null) throw broke(`the server answered ${status}`);
  const told = lengthOf(headers);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let loadedBytes = 0;
  const brokeHere: Broke = (found, cause) => broke(`${found} after ${loadedBytes} bytes`, cause);
  for await (const piece of piecesOf(body, { signal }, brokeHere)) {
    pieces.push(piece);
    loadedBytes += piece.length;
    onBytes?.(loadedBytes, Math.max(told, loadedBytes));
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}
