/** Where a kept operation stands. Only one that is `running` or `undoing` is carried on. */
export type OperationState =
  | 'planned'
  | 'running'
  | 'paused'
  | 'done'
  | 'failed'
  | 'cancelled'
  | 'undoing'
  | 'undone'

/** States that no runner leaves; an operation in one of them is removed after some days. */
export const ENDED: readonly OperationState[] = ['done', 'failed', 'cancelled', 'undone']

/** How long an operation is kept after its end, and a plan that nobody applies. */
export const KEPT_MS = 7 * 86_400_000
