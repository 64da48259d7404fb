import { readFileSync, writeFileSync } from 'node:fs';
import type { BrowserContext, CDPSession } from 'playwright';

/** What a call has cost the browser's processes. */
export interface Spent {
  /** Of the page's processes and, apart, of the GPU's: all threads added up. */
  readonly pageCpuMs: number;
  readonly gpuCpuMs: number;
  /** The most resident memory that the busiest page process has had during the call; null where the system does not tell. */
  readonly peakMb: number | null;
}

interface Process {
  readonly id: number;
  readonly type: string;
  readonly cpuTime: number;
}

/** Forgets the peak, which is otherwise that of the process's whole life. Linux only. */
function resetPeak(id: number): void {
  try {
    writeFileSync(`/proc/${id}/clear_refs`, '5');
  } catch {
    // Another system, or another user's process: peakOf says so by null or by a peak of the whole life.
  }
}

function peakOf(id: number): number | null {
  try {
    const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
  } catch {
    return null;
  }
}

/** Measures what calls cost, from outside: the browser tells the CPU time of each of its processes. */
export class Meter {
  readonly #session: CDPSession;

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async of(context: BrowserContext): Promise<Meter> {
    const browser = context.browser();
    if (browser === null) throw new Error('This Playwright does not tell the browser of a profile.');
    return new Meter(await browser.newBrowserCDPSession());
  }

  async #processes(): Promise<readonly Process[]> {
    return (await this.#session.send('SystemInfo.getProcessInfo')).processInfo;
  }

  async measure<T>(call: () => Promise<T>): Promise<{ readonly value: T; readonly spent: Spent }> {
    const before = new Map((await this.#processes()).map(({ id, cpuTime }) => [id, cpuTime]));
    for (const id of before.keys()) resetPeak(id);
    const value = await call();
    const rows = (await this.#processes()).map(({ id, type, cpuTime }) => ({
      id,
      type: type.toLowerCase(),
      cpuMs: 1000 * (cpuTime - (before.get(id) ?? 0)),
    }));
    const sum = (kind: string): number =>
      rows.filter(({ type }) => type === kind).reduce((total, { cpuMs }) => total + cpuMs, 0);
    const busiest = rows
      .filter(({ type }) => type === 'renderer')
      .reduce<(typeof rows)[number] | null>(
        (most, row) => (row.cpuMs > (most?.cpuMs ?? -1) ? row : most),
        null,
      );
    return {
      value,
      spent: {
        pageCpuMs: sum('renderer'),
        gpuCpuMs: sum('gpu'),
        peakMb: busiest === null ? null : peakOf(busiest.id),
      },
    };
  }
}
