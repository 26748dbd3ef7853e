/** A value that its column cannot take, and what Postgres says of it. */
export interface ValueFault {
  record: number
  /** Index into the columns of the set. */
  column: number
  error: {code?: string; message: string; detail?: string | null}
}
