import { area } from './language.ts';

/** `**strong**`, `` `code` `` and `[text](address)` are drawn as such. */
const english = {
  aboutTitle: 'About LatentLift',
  helpTitle: 'Keys and gestures',
  close: 'Close',
  no: 'No',
  keys: 'Keys',
  singleKeys: 'Single-key shortcuts',
  /** What each command does; those with the same text share a line. Views have their own words. */
  commands: {
    help: 'This help',
    about: 'About LatentLift',
    open: 'Open files',
    files: 'Folders and recent files',
    models: 'Models',
    'zoom-out': 'Zoom out',
    fit: 'Fit: all of the picture',
    detail: 'Detail: where there is most to see, at 100% of the 2× picture',
    pixels: '100% of the largest picture',
    'zoom-in': 'Zoom in',
    peek: 'Hold: the first picture (A) in every place',
    smooth: 'Smoothing on and off',
    'full-screen': 'Full screen on and off',
    again: 'Run again',
    cancel: 'Cancel what runs',
    previous: 'Previous picture',
    next: 'Next picture',
    'copy-figure': 'Copy the figure',
    share: 'Copy a link to this view',
    keep: 'Keep the second picture (B) beside others',
    export: 'Export pictures, a film, or a view for another page',
    left: 'Move the view, or the lens',
    right: 'Move the view, or the lens',
    up: 'Move the view, or the lens',
    down: 'Move the view, or the lens',
  },
  gestures: 'Mouse and touch',
  gestureLines: [
    'Wheel or pinch zooms all pictures at the pointer; fully zoomed out, it scrolls the page.',
    'Drag moves the pictures. The small map in the corner shows where you are; drag in it to go elsewhere.',
    "A double click or double tap shows the picture's own pixels, another one all of it.",
    'Drop files or folders anywhere, or paste a picture, a file or an address.',
  ],
  canOpen: 'What can be opened',
  opens: (latents: string, weights: string) =>
    `Latents as ${latents}; and pictures (PNG, JPEG, WebP, AVIF, GIF, BMP), which are encoded here first. Weights of VAEs and upscalers (${weights}) go to Models.`,
  address: 'In the address',
  addressText:
    '`?latent=URL` opens a latent (of another site only after you agree), `?backend=webgpu` or `?backend=wasm` forces a backend, `?demo=ID` picks a demo, `?lang=de` picks a language, `?embed=1` leaves out all but the comparison. Share writes the whole view.',
  lead: 'A latent diffusion model works on a small, many-channel image, the latent; a decoder turns it into pixels. For a larger picture, people usually decode and then enlarge the pixels. **LUA**, the Latent Upscaler Adapter, enlarges the latent instead: one pass of a Swin transformer with a head for 2× and one for 4×, then one decode. The decoder then draws detail at the full size, and no second trip through an encoder is needed. It is described in [One Small Step in Latent, One Giant Leap for Pixels (arXiv 2511.10629)](https://arxiv.org/abs/2511.10629).',
  where: 'What runs where',
  checking: 'Checking the device…',
  now: (device: string, more: string) => `Now: **${device}** ${more}`,
  backends:
    'Models run in a worker, on WebGPU where a real GPU passes a self-test, else on the CPU (WASM). [Use the CPU](?backend=wasm), [use WebGPU](?backend=webgpu), or [let the page choose](?).',
  leaves: 'What leaves this machine',
  leavesText:
    "Nothing. Weights and demo latents come from this site; files that you open are read and computed here. They and the weights that you add stay in this browser's storage, so that a reload brings them back; Files and Models show how much that is, and clear it. An address that you give is fetched from where it points.",
  figures: 'What the figures mean',
  figuresText: (detail: string) =>
    `Times are wall time and end when the device has finished. A first run includes setting up; a repeat is what a second picture takes, and the two are never mixed. Baselines use the same decoder on the same latent. ${detail} PSNR and SSIM appear only when there is an original to compare with.`,
  models: 'Models',
  demos: 'Demo latents',
  licence: 'Licence',
  licenceText:
    'LatentLift is Apache-2.0. It stands on ONNX Runtime Web (MIT), Lit (BSD-3-Clause), Comlink (Apache-2.0), fflate (MIT) and pbf (BSD-3-Clause); [their licences in full](THIRD-PARTY-NOTICES.txt).',
  // Questions that only a click answers.
  fetchTitle: 'Fetch the file of this link?',
  fetchText: (name: string, host: string) =>
    `This link opens “${name}” from ${host}. That site will see your network address. Nothing of yours is sent to it.`,
  fetchAccept: (host: string) => `Fetch from ${host}`,
  weightsTitle: 'Add these weights?',
  weightsText: (name: string, what: string, size: string, host: string) =>
    `“${name}” holds weights and no latent: ${what}, ${size}, from ${host}. Added, they stay in this browser and make the pictures of their family until you choose others under Models. Add them only if you trust where they come from.`,
  anAddress: (protocol: string) => `a ${protocol} address`,
  weightsAccept: 'Add and use them',
};

export type HelpWords = typeof english;

/** The help, what the page says of itself, and its questions. */
export const helpWords = area('help', english);
