/** What becomes of a record whose key is in the table: nothing, or it updates the row. */
export const CONFLICT_WAYS = ['nothing', 'update'] as const
export type OnConflict = (typeof CONFLICT_WAYS)[number]

/** How a record updates the row that has its key. */
export interface ConflictOptions {
  /** `nothing` if left out. */
  onConflict?: OnConflict
  /** The columns that an update sets; if left out, all that a record gives, except the key. */
  updateColumns?: string[]
  /** A row is only updated by a record that has a greater value in this column. */
  newestBy?: string
  /** What says each part, for messages: a variable, or a field of a profile; the flag, if left out. */
  where?: {key?: string; updateColumns?: string; newestBy?: string}
}
