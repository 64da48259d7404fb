import type { Backend, DeviceReport } from '../../src/contract/engine.ts';
import { AppError } from '../../src/core/errors.ts';
import { createCpuCompute } from '../cpu/cpu-compute.ts';
import type { EngineDeps } from '../engine-deps.ts';
import { createClaims } from '../library/claims.ts';
import type { FileStorage } from '../library/file-storage.ts';
import { createMemoryStorage } from '../library/memory-storage.ts';
import { createWeightsLibrary } from '../library/weights-library.ts';
import { createEarnedTrust } from '../load/earned-trust.ts';
import type { WasmRuntime } from '../ort/cpu-sessions.ts';
import { sliceInMemory } from './slice-in-memory.ts';
import { tinyRelease } from './tiny-models.ts';

const release = tinyRelease();

/** A picture without pixels: enough to see that one arrived, and that it was closed. */
export interface FakeBitmap {
  readonly isFakeBitmap: true;
  readonly width: number;
  readonly height: number;
}

/** Knobs of the fake world; all may be turned while it runs. */
export interface Behaviour {
  /** Called before each run of a network; a rejection is the run's failure. */
  beforeRun: (runs: number) => Promise<void>;
  threads: number;
  maxTileCells: number;
  /** Asked when a picture is finished: what has become of the device by then. */
  failureAtFinish: () => AppError | null;
  /** Told of each picture that the engine itself closes. */
  onClose: () => void;
  /** What a load reports that networks run on; they run in a fake all the same. */
  backend: Backend;
  /** Whether the browser has Web Locks. */
  hasLocks: boolean;
  /** Waited for before a worker answers its first message, and before a device is ready. */
  opens: () => Promise<void>;
  opensCompute: () => Promise<void>;
  /** Where a worker keeps a person's weights. */
  openStorage: () => Promise<FileStorage>;
}

export const calmBehaviour = (): Behaviour => ({
  beforeRun: async () => {},
  threads: 1,
  maxTileCells: 1000,
  failureAtFinish: () => null,
  onClose: () => {},
  backend: 'wasm',
  hasLocks: true,
  opens: async () => {},
  opensCompute: async () => {},
  openStorage: async () => createMemoryStorage(),
});

/** Sessions that answer zeros of the right size. */
function fakeRuntime(behaviour: Behaviour): WasmRuntime {
  let runs = 0;
  return {
    createSession: async (graph) => ({
      async run() {
        runs += 1;
        await behaviour.beforeRun(runs);
        return new Float32Array(graph.output.dims.reduce((a, b) => a * b, 1));
      },
      release: async () => {},
    }),
  };
}

const device = (threads: number): DeviceReport => ({
  adapter: null,
  hasShaderF16: false,
  isCrossOriginIsolated: false,
  threads,
  backend: 'wasm',
  cause: 'gpu-none',
  reason: 'There is no GPU in a test.',
});

/** An engine's surroundings without network, browser or arithmetic; models are toys with real shapes. */
export function fakeSurroundings(behaviour: Behaviour, memoryShare = 1): EngineDeps {
  let failure: AppError | null = null;
  function bitmap(height: number, width: number): ImageBitmap {
    const fake = { isFakeBitmap: true, height, width } satisfies FakeBitmap;
    // Not enumerable, so that the picture still crosses a message channel.
    return Object.defineProperty(fake, 'close', { value: behaviour.onClose }) as unknown as ImageBitmap;
  }
  return {
    store: {
      manifest: async () => release.manifest,
      async read(file, { signal, onBytes } = {}) {
        signal?.throwIfAborted();
        const bytes = release.files.get(file.file);
        if (bytes === undefined) throw new AppError('model/fetch', `There is no ${file.file}.`);
        for (const share of [0, 0.5, 1]) onBytes?.(Math.floor(share * file.sizeBytes), file.sizeBytes);
        return { bytes, from: 'network' };
      },
      ahead: () => {},
    },
    library: createWeightsLibrary({
      openStorage: behaviour.openStorage,
      openBlob: sliceInMemory,
      fetch,
      freeBytes: async () => null,
      claims: createClaims(),
    }),
    trust: createEarnedTrust({ modelsUrl: 'https://page.test/models/', openCache: async () => null }),
    probe: async () => device(behaviour.threads),
    readPixels: ({ height, width }) => ({ rgba: new Uint8ClampedArray(4 * height * width), height, width }),
    async openCompute() {
      await behaviour.opensCompute();
      return {
        ...createCpuCompute(fakeRuntime(behaviour), {
          memoryShare,
          createSurface: (height, width) => ({
            paint: async (_source, from, _range, _at, wantsCopy) =>
              wantsCopy ? bitmap(from.height, from.width) : null,
            finish() {
              failure = behaviour.failureAtFinish();
              return bitmap(height, width);
            },
            dispose: () => {},
          }),
        }),
        maxTileCells: behaviour.maxTileCells,
        failure: () => failure,
      };
    },
  };
}
