/** Items of the first lease, when their size is still unknown. */
const PROBE = 8

/** Most bytes of a lease, since it is held in memory and its rows are sent in one COPY. */
const LEASE_BYTES = 8 * 1024 * 1024

/**
 * Decides how many items the next lease takes, so that it holds about `records` records and no more than LEASE_BYTES,
 * whatever the queue contains: single records, envelopes of hundreds, items of a megabyte.
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

  /** Learns from a lease. The larger of its size and the average so far counts, so that growth takes effect at once. */
  learn(items: number, records: number, bytes: number): void {
    if (items === 0) return
    this.#recordsPerItem = smooth(this.#recordsPerItem, records / items)
    this.#bytesPerItem = smooth(this.#bytesPerItem, bytes / items)
  }
}

function smooth(known: number, seen: number): number {
  return Math.max(seen, known === 0 ? seen : known * 0.8 + seen * 0.2)
}
