/** A value that its column cannot take, and Postgres's error. */
export interface ValueFault {
  record: number
  /** Index into the columns of the set. */
  column: number
  error: {code?: string; message: string; detail?: string | null}
}
