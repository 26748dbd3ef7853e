import {type ClientBase, DatabaseError} from 'pg'
import {causeOf} from '../../postgres/data-error.ts'
import {NOTHING_WRITTEN, type Written} from '../../record/outcomes.ts'
import type {DecodedLease} from '../decode/decoded.ts'
import {type Evidence, writeCarefully} from '../judge/careful-lane.ts'
import type {Part} from '../lease-parts.ts'
import type {Sink} from '../sink.ts'
import {upsertRows} from '../upsert/upsert-rows.ts'
import {copyRows} from './copy-lane.ts'
import {prepareFast, type WriteRows, writeFast} from './fast-lane.ts'
import type {Preparation} from './preparation.ts'

/** A way in which the records for one table are written, inside the transaction of their lease. */
export interface Way {
  /** What the decoder makes of plain records: rows for COPY, or nothing, since Postgres will judge all of them. */
  lane: 'copy' | 'careful'
  /** If Postgres refuses one record, the transaction is lost and the records have to be written in another way. */
  isQuick: boolean
  prepare(client: ClientBase, part: Part): Promise<Preparation>
  write(
    client: ClientBase,
    part: Part,
    evidence: Omit<Evidence, 'callsIn'>,
    preparation: Preparation,
  ): Promise<Written>
  /** Writes records that were refused before, and may pass now. */
  again(
    client: ClientBase,
    part: Part,
    records: number[],
    evidence: Omit<Evidence, 'callsIn'>,
  ): Promise<Written>
}

/** Plain rows by COPY, the others carefully. */
const PLAIN: Way = quickly(async (client, {table}, groups, skip) => ({
  ...NOTHING_WRITTEN,
  inserted: await copyRows(client, table, groups, skip),
}))

/** Plain rows by COPY into a temporary table, and from there as inserts and updates; the others carefully. */
const UPSERT: Way = quickly(upsertRows)

function quickly(writeRows: WriteRows): Way {
  return {
    lane: 'copy',
    isQuick: true,
    prepare: prepareFast,
    write: (client, part, evidence, preparation) =>
      writeFast(client, part, {...evidence, callsIn: false}, preparation, writeRows),
    again: againWith(false),
  }
}

/** Every record is judged by Postgres, and refused alone. */
export const CAREFUL: Way = carefully(false)

/** The same, with the constraints checked after each statement, because something has deferred them to COMMIT. */
export const CHECKED: Way = carefully(true)

function carefully(callsIn: boolean): Way {
  return {
    lane: 'careful',
    isQuick: false,
    prepare: async () => ({mayRefuse: true}),
    write: (client, {sink, lease}, evidence) =>
      writeCarefully(client, sink, lease, lease.pending, {...evidence, callsIn}),
    again: againWith(callsIn),
  }
}

function againWith(callsIn: boolean): Way['again'] {
  return (client, {sink, lease}, records, evidence) =>
    writeCarefully(client, sink, lease, records, {...evidence, callsIn})
}

/** Refuses every record of a lease, because COMMIT fails with this error of Postgres and shows no culprit. */
export function refusing(error: unknown): Way {
  if (!(error instanceof DatabaseError)) return CHECKED
  const refuse = async (lease: DecodedLease, records: number[]) => {
    for (const record of records) lease.reject(record, causeOf(error))
    return NOTHING_WRITTEN
  }
  return {
    ...CHECKED,
    write: (_, {lease}) => refuse(lease, lease.pending),
    again: (_, {lease}, records) => refuse(lease, records),
  }
}

/** The way that is cheapest for a table as long as Postgres takes every plain row; undefined if there is none. */
export function quickWay({table, upsert}: Sink): Way | undefined {
  if (!table.canCopy) return undefined
  if (!upsert) return PLAIN
  return upsert.mayStage ? UPSERT : undefined
}
