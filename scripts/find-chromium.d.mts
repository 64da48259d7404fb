/** Path of a Chromium to test with, or null where none is found. */
export function findChromium(): string | null;
