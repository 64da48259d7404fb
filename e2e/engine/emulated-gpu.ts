import { findChromium } from '../../scripts/find-chromium.mjs';

const executablePath = findChromium();

const launch = (...args: readonly string[]) => ({
  ...(executablePath === null ? {} : { executablePath }),
  args: [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--enable-unsafe-webgpu',
    '--use-webgpu-adapter=swiftshader',
    // On a busy machine software is slow enough for the browser to take it for a GPU that hangs, and to end its process.
    '--disable-gpu-watchdog',
    ...args,
  ],
});

/** A GPU in software, SwiftShader for WebGPU and for the compositor alike. */
export const EMULATED_GPU = launch(
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
  '--use-angle=swiftshader',
);

/** The same with another compositor: it computes well, and its canvases stay empty. */
export const BLANK_GPU = launch();
