import type { DType } from '../container/tensor.ts';
import type { Axes } from './axes.ts';
import type { FamilySpace } from './family-space.ts';
import type { Confidence } from './guess-family.ts';
import type { FamilyId, LatentSpace } from './latent.ts';
import type { Layout } from './layout.ts';
import type { Statistics } from './statistics.ts';

/** A tensor of the file that may be a latent. */
export interface Candidate {
  readonly tensor: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** What was understood; every choice in it can be overridden. */
export interface Reading {
  /** The kind of file, as the readers call it, and for people. */
  readonly container: string;
  readonly containerTitle: string;
  /** The program that wrote it ("ComfyUI .latent"), where the file shows it, else "". */
  readonly producer: string;
  readonly tensor: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly layout: Layout;
  /** True where the stored channels are 2x2 patches (4 times the family's channels). */
  readonly isPatched: boolean;
  readonly family: FamilyId;
  readonly space: LatentSpace;
  readonly confidence: Confidence;
  readonly reason: string;
  /** Of the chosen item's values as stored (8-bit PNG: as scaled). */
  readonly statistics: Statistics;
  readonly warnings: readonly string[];
  readonly items: number;
  readonly frames: number;
  /** Widths that the tokens may have, ascending, in tokens; empty where there is no token axis. */
  readonly widths: readonly number[];
  /** Other ways to read the axes, likeliest first. */
  readonly otherAxes: readonly Axes[];
  readonly alternatives: readonly FamilySpace[];
  readonly tensors: readonly Candidate[];
}

/** A person's corrections; a field that is absent is guessed. */
export interface Override {
  readonly tensor?: string;
  readonly family?: FamilyId;
  readonly space?: LatentSpace;
  readonly item?: number;
  readonly frame?: number;
  /** Which of the pictures that the frame becomes, from 0; the last unless told. */
  readonly moment?: number;
  readonly axes?: Axes;
  readonly packedWidth?: number;
}
