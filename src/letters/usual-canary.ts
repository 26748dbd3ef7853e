/** What a canary does unless told otherwise. */
export const USUAL_CANARY = {
  /** Share of it that may fail. */
  abortOn: 0.05,
  /** How long its outcome is waited for. */
  timeoutMs: 60_000,
}
