const KEY = 'latentlift-opening';

/** Whether pictures open as a whole instead of on a detail: the last of the two that was chosen, kept in this browser. */
export const openingZoom = {
  get isFit(): boolean {
    try {
      return localStorage.getItem(KEY) === 'fit';
    } catch {
      return false;
    }
  },
  set isFit(value: boolean) {
    try {
      localStorage.setItem(KEY, value ? 'fit' : 'detail');
    } catch {
      // Storage is off: the next visit opens on a detail.
    }
  },
};
