export interface GestureHandlers {
  /** A drag moved the picture by so many CSS pixels. */
  onPan(dx: number, dy: number): void;
  /** Zoom by `factor` around a point in CSS pixels of the element. Returns false where nothing changed, so that the page may scroll. */
  onZoom(factor: number, x: number, y: number): boolean;
  /** The pointer rests on, or a finger touches, a point in CSS pixels of the element. */
  onPoint(x: number, y: number): void;
  onDoubleClick(x: number, y: number): void;
}

/** One notch of an ordinary wheel (deltaY 100) zooms by 1.22. */
const WHEEL_RATE = 0.002;

/** A wheel that has just scrolled the page goes on doing so, milliseconds: or nobody could scroll back over the pictures. */
const SCROLL_MS = 500;

/** Wheel, drag, pinch and double click on `element`, told as plain numbers. Returns the way out. */
export function followGestures(element: HTMLElement, handlers: GestureHandlers): () => void {
  const pointers = new Map<number, { x: number; y: number }>();
  const listening = new AbortController();
  const options = { signal: listening.signal };
  function local(event: MouseEvent): { x: number; y: number } {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  followWheel(element, handlers, options);
  element.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button !== 0) return;
      pointers.set(event.pointerId, local(event));
      // A pointer that has already gone cannot be captured; the drag then simply ends at the edge.
      if (element.ownerDocument.contains(element)) {
        try {
          element.setPointerCapture(event.pointerId);
        } catch {}
      }
      handlers.onPoint(local(event).x, local(event).y);
    },
    options,
  );
  element.addEventListener(
    'pointermove',
    (event) => {
      const before = pointers.get(event.pointerId);
      const now = local(event);
      if (before === undefined || pointers.size === 1) handlers.onPoint(now.x, now.y);
      if (before === undefined) return;
      pointers.set(event.pointerId, now);
      const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
      if (other === undefined) {
        handlers.onPan(now.x - before.x, now.y - before.y);
        return;
      }
      const spread = (point: { x: number; y: number }) => Math.hypot(point.x - other.x, point.y - other.y);
      const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
      handlers.onPan((now.x - before.x) / 2, (now.y - before.y) / 2);
      if (spread(before) > 0) handlers.onZoom(spread(now) / spread(before), middle.x, middle.y);
    },
    options,
  );
  const end = (event: PointerEvent) => pointers.delete(event.pointerId);
  element.addEventListener('pointerup', end, options);
  element.addEventListener('pointercancel', end, options);
  element.addEventListener(
    'dblclick',
    (event) => {
      const { x, y } = local(event);
      handlers.onDoubleClick(x, y);
    },
    options,
  );
  return () => listening.abort();
}

/** A pointer's place in CSS pixels of `element`. */
function placeIn(element: HTMLElement, event: MouseEvent): { x: number; y: number } {
  const box = element.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

/** Zooms with the wheel, unless it has just scrolled the page. */
function followWheel(
  element: HTMLElement,
  { onZoom }: GestureHandlers,
  options: { readonly signal: AbortSignal },
): void {
  let scrolledAt = Number.NEGATIVE_INFINITY;
  element.ownerDocument.addEventListener(
    'scroll',
    () => {
      scrolledAt = performance.now();
    },
    { ...options, passive: true },
  );
  element.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && performance.now() - scrolledAt < SCROLL_MS) return;
      const { x, y } = placeIn(element, event);
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
      // A pinch on a touchpad arrives as a small wheel turn with ctrlKey.
      const rate = event.ctrlKey ? WHEEL_RATE * 4 : WHEEL_RATE;
      if (onZoom(Math.exp(-event.deltaY * lines * rate), x, y)) event.preventDefault();
    },
    { ...options, passive: false },
  );
}
