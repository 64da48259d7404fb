export function findFirefox(): { readonly executablePath: string; readonly driver: string } | null;
