/** How bad a finding is. `unknown` means that the check could not be made, for example without a right. */
export type Level = 'warning' | 'critical' | 'unknown'

/** One thing that is not as it should be. */
export interface Finding {
  /** Id of the check, e.g. `redis.eviction`; stable. */
  check: string
  level: Level
  /** What was found, with its figures: one sentence without a period. */
  what: string
  /** What follows from it. */
  why: string
  /** The command or setting that mends it. */
  fix: string
}

/** What a check says of its own accord; its id is added by whoever runs it. */
export type Found = Omit<Finding, 'check'>

/**
 * One thing that the doctor looks at. It judges facts that were read before, so the facts of another machine can be
 * judged as well.
 */
export interface Check<Facts> {
  /** e.g. `redis.eviction`; stable. */
  id: string
  /** What it looks at, in a few words. */
  title: string
  /** @returns nothing if all is well, or if it does not apply */
  judge(facts: Facts): Found[]
}
