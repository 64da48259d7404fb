interface Usage {
  readonly user: number;
  readonly system: number;
}

/** Tests run in Node; this folder is checked with the page's types, which have no process. */
declare const process: { cpuUsage(since?: Usage): Usage };

/**
 * Begins to measure; what it gives tells the milliseconds of computing since. The less of clock and processor time: a busy machine makes the clock
 * run on, and collecting garbage on other threads counts as processor time alone.
 */
export function watchComputing(): () => number {
  const [begin, spent] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(spent);
    return Math.min(performance.now() - begin, (user + system) / 1000);
  };
}

/** The least of three tries: a neighbour on the same core only ever adds to it. */
export function leastComputingMs(act: () => unknown): number {
  const tries = [0, 1, 2].map(() => {
    const spent = watchComputing();
    act();
    return spent();
  });
  return Math.min(...tries);
}
