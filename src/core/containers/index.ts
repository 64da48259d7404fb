import type { Container } from './container.ts';
import { npy } from './npy.ts';
import { npz } from './npz.ts';
import { png } from './png.ts';
import { safetensors } from './safetensors.ts';
import { torch } from './torch.ts';

/** Every kind of tensor file that is read, in the order in which a file is asked. */
export const CONTAINERS: readonly Container[] = [npy, png, torch, npz, safetensors];
