/** Why there is no reading. */
export interface Trouble {
  /** What was tried, e.g. `reading queue orders`. */
  tried: string
  message: string
  /** When the first try that failed began: RFC 3339, by the clock of this machine. */
  since: string
  /** ms until the next try; 0 if this one is still waited for. */
  nextTryMs: number
}
