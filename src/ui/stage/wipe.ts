/** Where the wipe goes with a key, in parts of the width (it may lie beyond the ends), or null for other keys. Takes the event. */
export function wipeAfterKey(event: KeyboardEvent, place: number): number | null {
  const step = event.shiftKey ? 0.1 : 0.02;
  const places: Readonly<Record<string, number>> = {
    ArrowLeft: place - step,
    ArrowDown: place - step,
    ArrowRight: place + step,
    ArrowUp: place + step,
    Home: 0,
    End: 1,
  };
  const next = places[event.key];
  if (next === undefined) return null;
  event.preventDefault();
  event.stopPropagation();
  return next;
}

/** Follows a pointer that has taken the handle until it lets go; `onMove` gets its place in the handle's parent. */
export function followWipe(event: PointerEvent, onMove: (place: number) => void): void {
  event.stopPropagation();
  const handle = event.currentTarget as HTMLElement;
  const box = handle.parentElement?.getBoundingClientRect();
  if (box === undefined) return;
  handle.setPointerCapture(event.pointerId);
  const move = (moved: PointerEvent): void => onMove((moved.clientX - box.left) / box.width);
  const end = (): void => handle.removeEventListener('pointermove', move);
  handle.addEventListener('pointermove', move);
  handle.addEventListener('pointerup', end, { once: true });
  handle.addEventListener('pointercancel', end, { once: true });
}
