import type {Lease, OversizedLease} from '../queue/lease.ts'

/** A lease that this worker has taken. */
export type HeldLease = Lease | OversizedLease

/** Number and bytes of the items of a lease; the bytes of one that is too large to be read are an estimate. */
export function sizeOf(lease: HeldLease): {count: number; bytes: number} {
  if ('items' in lease) return {count: lease.items.count, bytes: lease.items.bytes.length}
  return {count: lease.itemCount, bytes: lease.bytes}
}
