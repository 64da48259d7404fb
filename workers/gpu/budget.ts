import type { Compute } from '../pipeline/compute.ts';

/** What is known of a machine before anything runs on it. */
export interface Machine {
  readonly maxBufferBytes: number;
  readonly maxBindingBytes: number;
  /** Rounded down by the browser to a power of two, at most 8; null in those that do not tell. */
  readonly deviceMemoryGib: number | null;
  readonly isPhone: boolean;
}

/** What browsers say of themselves, the parts that are in no standard library included. */
interface Telling {
  readonly userAgent: string;
  readonly userAgentData?: { readonly mobile: boolean };
  readonly deviceMemory?: number;
}

export const machineOf = (
  limits: Pick<GPUSupportedLimits, 'maxBufferSize' | 'maxStorageBufferBindingSize'>,
  { userAgent, userAgentData, deviceMemory }: Telling,
): Machine => ({
  maxBufferBytes: limits.maxBufferSize,
  maxBindingBytes: limits.maxStorageBufferBindingSize,
  deviceMemoryGib: deviceMemory ?? null,
  isPhone: userAgentData?.mobile === true || /\bMobile\b|Android|iPhone|iPad/i.test(userAgent),
});

const MIB = 2 ** 20;
const DESKTOP_BYTES = 1536 * MIB;
const PHONE_BYTES = 512 * MIB;

/**
 * How much the live tensors of one run may take on a GPU, and the largest one. There is no way to ask for free memory, and the killers
 * of phones end the tab without an error, so this errs on the small side: a quarter of a machine's memory, a fraction of that on
 * phones (4 GiB are assumed of those that do not tell), and never more than four of the largest buffers that the driver allows, since
 * small limits are what weak devices report.
 */
export function budgetOf({
  maxBufferBytes,
  maxBindingBytes,
  deviceMemoryGib,
  isPhone,
}: Machine): Pick<Compute, 'budgetBytes' | 'tensorLimitBytes'> {
  const largest = Math.min(maxBufferBytes, maxBindingBytes);
  const byMemory = isPhone
    ? Math.min(PHONE_BYTES, (128 + 64 * (deviceMemoryGib ?? 4)) * MIB)
    : Math.min(DESKTOP_BYTES, (deviceMemoryGib ?? 8) * 256 * MIB);
  const budgetBytes = Math.max(128 * MIB, Math.min(byMemory, 4 * largest));
  // Half the limit: above it the runtime splits bindings, which not every kernel of it can.
  return { budgetBytes, tensorLimitBytes: Math.min(largest / 2, budgetBytes) };
}
