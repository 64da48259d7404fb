/** SHA-256 of bytes that are all at hand, as 64 hexadecimal digits; `createSha256` is for those that come piece by piece. */
export async function sha256Of(bytes: BufferSource): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
