export interface LoadedOnce<T> {
  /** What was loaded: by the first call, and for all; where that failed, the next call asks again. */
  ask(): Promise<T>;
  /** Whether it is there or on its way. */
  isAsked(): boolean;
}

export function loadOnce<T>(load: () => Promise<T>): LoadedOnce<T> {
  let loading: Promise<T> | null = null;
  return {
    ask() {
      loading ??= load();
      loading.catch(() => {
        loading = null;
      });
      return loading;
    },
    isAsked: () => loading !== null,
  };
}
