/** Most leases in a row that leave an attempt out. */
const MOST = 32

/** Leaves out an attempt that keeps failing: after each failure in a row for twice as many leases. */
export class AttemptGate {
  /** Leases that still leave it out. */
  left = 0
  /** Failures in a row. */
  failures = 0

  /** Whether this lease should make the attempt. */
  opens(): boolean {
    if (this.left === 0) return true
    this.left--
    return false
  }

  worked(): void {
    this.failures = 0
  }

  failed(): void {
    this.left = Math.min(MOST, 2 ** this.failures) - 1
    this.failures++
  }
}
