import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { Readable } from 'node:stream';
import { findWebkit } from '../../scripts/find-webkit.mjs';

const webkit = findWebkit();

/** Why the specs in WebKitGTK cannot run, or null. */
export const missingWebkit: string | null =
  webkit === null ? 'webkit2gtk-driver and xvfb are not installed' : null;

/** A port that nobody listens at. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** Starts a display in memory, of a number that is free, and tells it, as ":1". */
async function openDisplay(command: string, children: ChildProcess[]): Promise<string> {
  const display = spawn(command, ['-displayfd', '3', '-screen', '0', '1280x900x24'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  children.push(display);
  const [number] = (await once(display.stdio[3] as Readable, 'data')) as [Buffer];
  return `:${number.toString().trim()}`;
}

/** Retries `ask` until the driver listens. */
async function patiently<R>(ask: () => Promise<R>): Promise<R> {
  for (let k = 0; ; k += 1) {
    try {
      return await ask();
    } catch (error) {
      if (k >= 60) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** WebKitGTK's small browser by its WebDriver, on a display in memory. Playwright's own WebKit is another build, and not Debian's. */
export async function openWebkit() {
  if (webkit === null) throw new Error(missingWebkit ?? '');
  const children: ChildProcess[] = [];
  const DISPLAY = await openDisplay(webkit.display, children);
  const port = await freePort();
  // Rendering in software: there is no GPU behind such a display.
  const env = { ...process.env, DISPLAY, LIBGL_ALWAYS_SOFTWARE: '1' };
  children.push(spawn(webkit.driver, [`--port=${port}`], { env, stdio: 'ignore' }));
  const base = `http://127.0.0.1:${port}`;
  async function send(path: string, body: unknown, method = 'POST'): Promise<unknown> {
    const response = await fetch(base + path, {
      method,
      ...(method === 'POST' && { body: JSON.stringify(body) }),
    });
    const { value } = (await response.json()) as { value: { error?: string; message?: string } | null };
    if (!response.ok) throw new Error(`WebKitWebDriver ${path}: ${value?.error} ${value?.message}`);
    return value;
  }
  function end(): void {
    for (const child of children) child.kill();
  }
  try {
    const asked = {
      capabilities: {
        alwaysMatch: {
          'webkitgtk:browserOptions': { binary: webkit.browser, args: ['--automation'] },
          timeouts: { script: 600_000, pageLoad: 300_000 },
        },
      },
    };
    const { sessionId } = (await patiently(() => send('/session', asked))) as { sessionId: string };
    const session = `/session/${sessionId}`;
    return {
      open: async (url: string): Promise<void> => void (await send(`${session}/url`, { url })),
      evaluate: async <A, R>(work: (argument: A) => R, argument: A): Promise<R> =>
        (await send(`${session}/execute/sync`, {
          script: `return (${work})(arguments[0]);`,
          args: [argument],
        })) as R,
      close: async (): Promise<void> => {
        await send(session, null, 'DELETE').catch(() => {});
        end();
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}
