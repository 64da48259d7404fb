/** Hands a file to the browser's downloads. */
export function saveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold on the blob by then; a minute is more than any browser needs.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Puts a PNG on the clipboard; `png` is a promise so that the click still counts while it is made (Safari asks for that). */
export async function copyPng(png: Promise<Blob>): Promise<void> {
  if (typeof ClipboardItem === 'undefined') {
    throw new Error('this browser cannot copy pictures; download it instead');
  }
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
}
