/** With one of the current item's own, four pictures stand side by side. */
export const PIN_KEYS = ['pin-1', 'pin-2', 'pin-3'] as const;

/** Names a finished picture that is kept on the stage. */
export type PinKey = (typeof PIN_KEYS)[number];

export const isPinKey = (key: string): key is PinKey => (PIN_KEYS as readonly string[]).includes(key);
