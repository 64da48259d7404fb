/** Settles as `promise` does, or as `late` says once `ms` have passed; what comes afterwards is dropped. `late` may throw. */
export async function within<R, L>(promise: Promise<R>, ms: number, late: () => L): Promise<R | L> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    return await Promise.race([promise, passed.then(late)]);
  } finally {
    clearTimeout(timer);
    // Whoever is late may fail as well, and nobody waits for it any more.
    promise.catch(() => {});
  }
}
