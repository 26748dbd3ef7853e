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
  /** Path of the field that says what a record does; see `opOf`. If left out, every record writes. */
  opField?: string
  /** The column that a delete sets, in place of removing the row. */
  softDelete?: string
  /** What says each part, for messages: a variable, or a field of a profile; the flag, if left out. */
  where?: Partial<Record<'key' | 'updateColumns' | 'newestBy' | 'opField' | 'softDelete', string>> & {
    /** The table, as it was named, if there are several and a name has to say of which it is. */
    table?: string
  }
}
