import { figureView } from './slider-frames.ts';

export type Recording = Parameters<typeof figureView>[0] & { readonly signal: AbortSignal };

const SECONDS = 6;
const FRAMES_A_SECOND = 25;
const BITS_A_SECOND = 8e6;

/** The first kind of WebM that the browser can record, or null. */
export function recordedType(): string | null {
  if (typeof MediaRecorder === 'undefined') return null;
  const types = ['video/webm;codecs=vp9', 'video/webm;codecs=vp8', 'video/webm'];
  return types.find((type) => MediaRecorder.isTypeSupported(type)) ?? null;
}

/** The line's place at `part` (0..1) of the film: from the middle to both edges and back, slow at the turns, so that it loops. */
export const wipeAt = (part: number): number => 0.5 + 0.46 * Math.sin(2 * Math.PI * part);

/** The slider's two pictures with the line going to and fro, as a WebM of six seconds. Rejects with the signal's reason. */
export async function recordSlider({ signal, ...input }: Recording): Promise<Blob> {
  const type = recordedType();
  if (type === null) throw new Error('this browser cannot record WebM');
  const { canvas, draw } = figureView(input);
  draw(wipeAt(0));
  const stream = canvas.captureStream(FRAMES_A_SECOND);
  const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: BITS_A_SECOND });
  const parts: Blob[] = [];
  recorder.addEventListener('dataavailable', ({ data }) => parts.push(data));
  const ended = new Promise<void>((resolve, reject) => {
    recorder.addEventListener('stop', () => resolve());
    recorder.addEventListener('error', () => reject(new Error('the browser gave up recording; try again')));
  });
  recorder.start();
  const start = performance.now();
  for (let seconds = 0; seconds < SECONDS && !signal.aborted; seconds = (performance.now() - start) / 1000) {
    draw(wipeAt(seconds / SECONDS));
    await new Promise((resolve) => setTimeout(resolve, 1000 / FRAMES_A_SECOND));
  }
  recorder.stop();
  await ended;
  for (const track of stream.getTracks()) track.stop();
  signal.throwIfAborted();
  return new Blob(parts, { type: 'video/webm' });
}
