/**
 * - `refused`: a server did not answer this question, mostly for want of a right
 * - `down`: a server that is configured cannot be reached
 * - `broken`: something that is there cannot be used
 * - `absent`: no server is configured
 */
export type UnreadKind = 'refused' | 'down' | 'broken' | 'absent'

/** Why a part of the facts could not be read. */
export interface Unread {
  kind: UnreadKind
  reason: string
  /** What would make it readable. */
  fix: string
}
