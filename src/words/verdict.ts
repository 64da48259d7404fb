import { area } from './language.ts';

const english = {
  detailMeasure:
    'Fine detail: the mean squared difference of neighbouring pixels, compared with the 1× picture enlarged by bicubic. Wrong detail counts as well: look at the pictures.',
  even: (name: string, share: string) =>
    `${name} 2× has no more fine detail than stretching here (${share}×)`,
  better: (name: string, share: string) => `${name} 2× has ${share}× the fine detail of stretching`,
  worse: (name: string, share: string) =>
    `${name} 2× is softer than stretching here: ${share}× its fine detail`,
  openToCompare: 'Open a latent to compare LUA with stretching pixels.',
  nothingToCompare: 'Nothing to compare with yet: LUA cannot run on this latent.',
  showToCompare: (name: string) => `Show ${name} 2× to compare it with stretching pixels.`,
  failedToCompare: (name: string) => `${name} 2× failed, so there is nothing to compare.`,
  pending: (name: string) => `${name} 2× against stretching pixels: measured as soon as both are there.`,
  took: (name: string, time: string) => `${name} 2× took ${time} of upscaling. `,
  inTime: (time: string) => `, in ${time} of upscaling`,
  tooLarge: 'Pictures as large as this are not measured.',
  showFirst: 'Show the 1× picture as well to compare their detail.',
  comparing: 'Comparing the pictures…',
  rival: (time: string) => `; the pixel network took ${time}`,
  rivalExpected: (time: string) => `; the pixel network needs ${time}, as its first tiles tell`,
  rivalSharper: (time: string) => `; the pixel network took ${time} and has more`,
  nearer: (gain: string) => `. Against the original it is ${gain} dB better than pixel bicubic`,
  farther: (gain: string) => `. Against the original it is ${gain} dB worse than pixel bicubic`,
  stop: '.',
  needsRival: 'Add a pixel-space network under Models first, such as a SwinIR checkpoint for 2×.',
  race: 'Runs the latent upscaler and the pixel-space network one after the other, and draws how long each takes',
  noRace: 'There is no pixel-space network here yet: add one under Models, such as a SwinIR checkpoint',
};

export type VerdictWords = typeof english;

/** What LUA wins, or does not, and the race that shows it. */
export const verdictWords = area('verdict', english);
