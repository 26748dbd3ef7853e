import type {CopyBuffer} from './copy-buffer.ts'
import type {DecodedLease} from './decoded.ts'

/** Most buffers kept for the next leases, and the largest one kept, in bytes. */
const MOST_SPARE = 32
const LARGEST_SPARE = 4 * 1024 * 1024

/** Takes the buffers of a lease that is finished, and keeps them in `spare` for the next ones. */
export function keepBuffers(lease: DecodedLease, spare: CopyBuffer[]): void {
  for (const {buffer} of lease.groups.values()) {
    buffer.clear()
    if (buffer.bytes.length <= LARGEST_SPARE && spare.length < MOST_SPARE) spare.push(buffer)
  }
  lease.groups.clear()
}
