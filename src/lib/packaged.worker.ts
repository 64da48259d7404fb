/**
 * The packaged worker's own file, which does nothing but start. A user's bundler puts what several parts share into the file that they
 * start from, and WebKit runs a worker's own file once more for the first part that imports it; so the engine is a part itself. What the
 * page says before it is there is kept, and said again. It is started by a call: the package says of its parts that importing them does
 * nothing, so a bundler leaves out one of which nothing is used.
 */
const early: MessageEvent[] = [];

function keep(event: MessageEvent): void {
  early.push(event);
}

self.addEventListener('message', keep);
import('./packaged-engine.ts').then(
  ({ start }) => {
    start();
    self.removeEventListener('message', keep);
    for (const { data, ports } of early) {
      self.dispatchEvent(new MessageEvent('message', { data, ports: [...ports] }));
    }
  },
  // The page is told as it would be had the file itself failed.
  (error: unknown) => self.reportError(error),
);

export {};
