/** Who is writing which file of the storage, in all tabs of the page. */
export interface Claims {
  /** Takes `name` until the function that it gives is called, or the tab ends; null where somebody has it. */
  take(name: string): Promise<(() => void) | null>;
  /** Names that somebody has. */
  taken(): Promise<ReadonlySet<string>>;
}

/** Claims among all who hold this object: for a place without other tabs. */
export function createClaims(): Claims {
  const names = new Set<string>();
  return {
    async take(name) {
      if (names.has(name)) return null;
      names.add(name);
      return () => void names.delete(name);
    },
    taken: async () => new Set(names),
  };
}

/** Claims among all tabs and workers of an origin, by Web Locks: the browser gives back what an ended tab held. */
export function createLockClaims(locks: Pick<LockManager, 'request' | 'query'>, prefix: string): Claims {
  return {
    take: (name) =>
      new Promise((resolve, reject) => {
        locks
          .request(`${prefix}${name}`, { ifAvailable: true }, (lock) => {
            if (lock === null) return resolve(null);
            return new Promise<void>((release) => resolve(release));
          })
          .catch(reject);
      }),
    async taken() {
      const { held = [] } = await locks.query();
      const names = held.flatMap(({ name }) =>
        name?.startsWith(prefix) === true ? [name.slice(prefix.length)] : [],
      );
      return new Set(names);
    },
  };
}
