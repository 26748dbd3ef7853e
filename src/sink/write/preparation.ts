/** What is known of the records for a table before the transaction, in which nothing may wait for Redis. */
export interface Preparation {
  /** Records may be refused. */
  mayRefuse: boolean
  /** Records whose parent seems to be missing; undefined if that is to be found out inside the transaction. */
  orphans?: Set<number>
}
