/** Items of the first lease, when their size is still unknown. */
const PROBE = 8

/** A lease is held in memory, and its rows travel in one COPY. */
const LEASE_BYTES = 8 * 1024 * 1024

/**
 * How many items the next lease should take, so that it holds about `records` records and no more than LEASE_BYTES,
 * whatever the queue holds: single records, envelopes of hundreds, items of a megabyte.
 */
export class BatchSize {
  readonly #records: number
  #recordsPerItem = 0
  #bytesPerItem = 0

  constructor(records: number) {
    this.#records = records
  }

  next(): number {
    if (this.#recordsPerItem === 0) return Math.min(PROBE, this.#records)
    const byRecords = this.#records / Math.max(1, this.#recordsPerItem)
    const byBytes = LEASE_BYTES / this.#bytesPerItem
    return Math.max(1, Math.floor(Math.min(this.#records, byRecords, byBytes)))
  }

  /** Learns from a lease; the larger of the last and the average so far counts, so that a sudden growth is felt at once. */
  learn(items: number, records: number, bytes: number): void {
    if (items === 0) return
    this.#recordsPerItem = smooth(this.#recordsPerItem, records / items)
    this.#bytesPerItem = smooth(this.#bytesPerItem, bytes / items)
  }
}

function smooth(known: number, seen: number): number {
  return Math.max(seen, known === 0 ? seen : known * 0.8 + seen * 0.2)
}
