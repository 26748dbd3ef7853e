import type {ClientBase} from 'pg'
import type {DecodedLease} from '../decode/decoded.ts'
import {type Evidence, writeCarefully} from '../judge/careful-lane.ts'
import type {Sink} from '../sink.ts'
import {writeFast} from './fast-lane.ts'
import {inTransaction, type LeaseResult, type WriteOptions} from './transaction.ts'

/** A way in which a lease is written, in one transaction. */
export interface Way {
  /** What the decoder makes of plain records: rows for COPY, or nothing, since Postgres will judge all of them. */
  lane: 'copy' | 'careful'
  write(
    client: ClientBase,
    sink: Sink,
    options: WriteOptions,
    lease: DecodedLease,
    evidence: Omit<Evidence, 'callsIn'>,
  ): Promise<LeaseResult>
}

/** Plain rows by COPY, the others carefully. If Postgres refuses one plain row, nothing of the lease is written. */
const PLAIN: Way = {
  lane: 'copy',
  write: (client, sink, options, lease, evidence) =>
    writeFast(client, sink, options, lease, {...evidence, callsIn: false}),
}

/** Every record is judged by Postgres, and refused alone. */
export const CAREFUL: Way = carefully(false)

/** The same, with the constraints checked after each statement, because something has deferred them to COMMIT. */
export const CHECKED: Way = carefully(true)

function carefully(callsIn: boolean): Way {
  return {
    lane: 'careful',
    async write(client, sink, options, lease, evidence) {
      await options.beforeRefusing()
      return inTransaction(client, sink, options, lease, () =>
        writeCarefully(client, sink, lease, lease.pending, {...evidence, callsIn}),
      )
    },
  }
}

/** The way that is cheapest for a table as long as Postgres takes every plain row; undefined if there is none. */
export function quickWay({table}: Sink): Way | undefined {
  return table.canCopy ? PLAIN : undefined
}
