export type Command =
  | 'help'
  | 'open'
  | 'models'
  | 'view-side'
  | 'view-slider'
  | 'view-lens'
  | 'view-difference'
  | 'zoom-in'
  | 'zoom-out'
  | 'fit'
  | 'pixels'
  | 'smooth'
  | 'again'
  | 'cancel'
  | 'previous'
  | 'next'
  | 'copy-figure'
  | 'left'
  | 'right'
  | 'up'
  | 'down';

/** Every key with what it does, as the help sheet shows it. Arrows act while the pictures have the focus. */
export const SHORTCUTS: readonly {
  readonly keys: readonly string[];
  readonly command: Command;
  readonly text: string;
}[] = [
  { keys: ['?'], command: 'help', text: 'This help' },
  { keys: ['o'], command: 'open', text: 'Open files' },
  { keys: ['m'], command: 'models', text: 'Models' },
  { keys: ['s'], command: 'view-side', text: 'Side by side' },
  { keys: ['w'], command: 'view-slider', text: 'Slider (wipe)' },
  { keys: ['l'], command: 'view-lens', text: 'Lens' },
  { keys: ['d'], command: 'view-difference', text: 'Difference' },
  { keys: ['+', '='], command: 'zoom-in', text: 'Zoom in' },
  { keys: ['-'], command: 'zoom-out', text: 'Zoom out' },
  { keys: ['0'], command: 'fit', text: 'Fit' },
  { keys: ['1'], command: 'pixels', text: '100 % of the largest picture' },
  { keys: ['i'], command: 'smooth', text: 'Smoothing on and off' },
  { keys: ['r'], command: 'again', text: 'Run again' },
  { keys: ['Escape'], command: 'cancel', text: 'Cancel what runs' },
  { keys: ['['], command: 'previous', text: 'Previous picture' },
  { keys: [']'], command: 'next', text: 'Next picture' },
  { keys: ['c'], command: 'copy-figure', text: 'Copy the figure' },
  { keys: ['ArrowLeft'], command: 'left', text: 'Move the view, or the lens' },
  { keys: ['ArrowRight'], command: 'right', text: 'Move the view, or the lens' },
  { keys: ['ArrowUp'], command: 'up', text: 'Move the view, or the lens' },
  { keys: ['ArrowDown'], command: 'down', text: 'Move the view, or the lens' },
];

/** The command of a pressed key, or null: keys with Ctrl, Alt or Meta are the browser's. */
export function commandOf(key: string, hasModifier: boolean): Command | null {
  if (hasModifier) return null;
  return SHORTCUTS.find(({ keys }) => keys.includes(key))?.command ?? null;
}
