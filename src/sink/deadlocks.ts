/** Leases that are written alone after a deadlock, before others are tried side by side again. */
const LEASES = 200

/**
 * How many of the next leases of a table are written alone. Rows of several shapes are written by several statements, each
 * in the order of its keys; so two leases with the same keys may lock them in different orders. Postgres notices after a
 * second, and ends one of them: 8,000 records over 540 keys took 7.5 minutes.
 */
export class Deadlocks {
  #alone = 0

  met(): void {
    this.#alone = LEASES
  }

  /** Whether this lease is to be written alone. */
  next(): boolean {
    if (this.#alone === 0) return false
    this.#alone--
    return true
  }
}
