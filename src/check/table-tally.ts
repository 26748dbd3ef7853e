import type {ClientBase} from 'pg'
import {NOTHING_WRITTEN, type Written, writtenBy} from '../record/outcomes.ts'
import type {DecodedLease, Rejection} from '../sink/decode/decoded.ts'
import {judgeInTrial} from '../sink/judge/judge.ts'
import type {Sink} from '../sink/sink.ts'
import {countThere} from './count-there.ts'
import {GivenColumns} from './given-columns.ts'
import {UnknownKeyTally} from './unknown-keys.ts'

/** What is found of the records for one table. */
export class TableTally {
  readonly sink: Sink
  readonly given: GivenColumns
  readonly unknown = new UnknownKeyTally()
  records = 0
  refused = 0
  repeated = 0
  written: Written = NOTHING_WRITTEN

  constructor(sink: Sink) {
    this.sink = sink
    this.given = new GivenColumns(sink)
  }

  /**
   * Tries records, after all that were tried before in this transaction.
   * @param looking a connection that sees the table without them
   * @returns those that could not be judged
   */
  async judge(
    {trying, looking}: {trying: ClientBase; looking: ClientBase},
    lease: DecodedLease,
    records: number[],
  ): Promise<Rejection[]> {
    const {unjudged, written} = await judgeInTrial(trying, this.sink, lease, records)
    if (written.alreadyThere > 0) {
      const there = await countThere(looking, this.sink, lease, records)
      this.repeated += Math.max(0, written.alreadyThere - there)
    }
    const before = this.written
    this.written = writtenBy((outcome) => before[outcome] + written[outcome])
    return unjudged
  }

  /** Counts a lease whose records have been judged. */
  count(lease: DecodedLease): void {
    this.unknown.add(lease)
    this.given.add(lease)
    this.records += lease.count
    this.refused += new Set(lease.rejections.map(({record}) => record)).size
  }
}
