/** What groups of letters are ranked by. */
export interface Ranked {
  records: number
  /** RFC 3339. */
  lastFailedAt: string | null
  /** Its part of the records of all groups, 0 to 1. */
  share: number
}

/**
 * Groups with their shares, in the order of what hurts most: each record is a row that the table lacks, so the group with
 * the most records comes first; of groups with as many, the one that failed last.
 */
export function ranked<G extends Omit<Ranked, 'share'>>(groups: readonly G[]): Array<G & Ranked> {
  const all = groups.reduce((sum, {records}) => sum + records, 0)
  return groups
    .map((group) => ({...group, share: all === 0 ? 0 : group.records / all}))
    .sort((a, b) => b.records - a.records || (b.lastFailedAt ?? '').localeCompare(a.lastFailedAt ?? ''))
}
