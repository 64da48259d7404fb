/** What a network is for. An interposer turns a latent of one family into one of another. */
export const ROLES = ['decoder', 'upscaler', 'encoder', 'pixel-upscaler', 'interposer'] as const;
export type Role = (typeof ROLES)[number];

/** True for networks on RGB: pixels have no latent family, so one serves all. */
export const isForPixels = (role: Role): boolean => role === 'pixel-upscaler';
