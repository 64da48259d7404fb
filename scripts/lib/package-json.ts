import { readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

interface RootPackage {
  readonly version: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Entry points of the package, by the name of their source in src/lib. Node's own are kept out of what browsers load. */
export const ENTRIES = {
  index: 'src/lib/index.ts',
  engine: 'src/lib/engine.ts',
  worker: 'src/lib/worker.ts',
  element: 'src/lib/element.ts',
  'latentlift.worker': 'src/lib/packaged.worker.ts',
  node: 'src/lib/node/index.ts',
  cli: 'src/lib/node/cli.ts',
} as const;

/** Files that do something when they are imported. */
const SIDE_EFFECTS = ['element', 'latentlift.worker', 'cli'] as const;

/** What `exports` names, and the entry behind each. */
export const DOORS: Readonly<Record<string, keyof typeof ENTRIES>> = {
  '.': 'index',
  './engine': 'engine',
  './worker': 'worker',
  './element': 'element',
  './node': 'node',
};

const typesOf = (entry: keyof typeof ENTRIES): string =>
  `./dist/types/${ENTRIES[entry].replace(/\.ts$/, '.d.ts')}`;

/** The package's package.json: what it shares with the page's is read from there. */
export function packageJson(): Readonly<Record<string, unknown>> {
  const page = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as RootPackage;
  const runtime = page.dependencies['onnxruntime-web'] ?? '';
  const [major = '1', minor = '0'] = runtime.split('.');
  return {
    name: 'latentlift',
    version: page.version,
    description: 'Upscale and decode latents of diffusion models, in the browser on WebGPU or in Node.',
    keywords: ['latent', 'diffusion', 'vae', 'upscaler', 'webgpu', 'onnxruntime', 'flux', 'superresolution'],
    license: page.license,
    type: 'module',
    engines: page.engines,
    sideEffects: SIDE_EFFECTS.map((entry) => `./dist/${entry}.js`),
    types: typesOf('index'),
    exports: {
      ...Object.fromEntries(
        Object.entries(DOORS).map(([door, entry]) => [
          door,
          { types: typesOf(entry), default: `./dist/${entry}.js` },
        ]),
      ),
      './latentlift.worker.js': {
        types: typesOf('latentlift.worker'),
        default: './dist/latentlift.worker.js',
      },
      './models/*': './models/*',
      './package.json': './package.json',
    },
    bin: { latentlift: './dist/cli.js' },
    files: ['api', 'dist', 'models', 'THIRD-PARTY-NOTICES.txt'],
    peerDependencies: {
      'onnxruntime-node': `>=${major}.${minor} <${Number(major) + 1}`,
      'onnxruntime-web': `>=${major}.${minor} <${Number(major) + 1}`,
    },
    peerDependenciesMeta: { 'onnxruntime-node': { optional: true } },
  };
}
