/** Leases remembered; the oldest are forgotten first. */
const MOST = 1000

/**
 * Remembers, for leases that failed in this process, whether others were written since. That distinguishes a record
 * that is never accepted from a database that accepts nothing.
 */
export class Setbacks {
  /** Lease → number of leases written before it last failed. */
  readonly #failedAt = new Map<string, number>()
  readonly #aside = new Set<string>()
  #written = 0

  /** Call when records of a lease were written. */
  wrote(leaseId: string): void {
    this.#written++
    this.#failedAt.delete(leaseId)
    this.#aside.delete(leaseId)
  }

  failed(leaseId: string): void {
    this.#failedAt.delete(leaseId)
    this.#failedAt.set(leaseId, this.#written)
    const [oldest] = this.#failedAt.keys()
    if (this.#failedAt.size > MOST) this.#failedAt.delete(oldest)
  }

  othersPassSince(leaseId: string): boolean {
    return this.#written > (this.#failedAt.get(leaseId) ?? this.#written)
  }

  /** Notes that a lease waits until others were tried. @returns false if it has done so before */
  setAside(leaseId: string): boolean {
    if (this.#aside.has(leaseId)) return false
    this.#aside.add(leaseId)
    return true
  }
}
