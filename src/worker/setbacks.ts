/** Leases remembered; the oldest are forgotten first. */
const MOST = 1000

/**
 * What this process knows of the leases that failed here: whether others were written since. It tells a record that
 * never passes from a database where nothing does.
 */
export class Setbacks {
  /** Lease → leases written before it failed the last time. */
  readonly #failedAt = new Map<string, number>()
  readonly #aside = new Set<string>()
  #written = 0

  /** Records of a lease have gone in. */
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

  /** Notes that a lease waits until others were tried. @returns false where it has done so before */
  setAside(leaseId: string): boolean {
    if (this.#aside.has(leaseId)) return false
    this.#aside.add(leaseId)
    return true
  }
}
