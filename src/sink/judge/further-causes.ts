import type {ClientBase} from 'pg'
import {setPath} from '../../json/path.ts'
import type {Cause} from '../../record/cause.ts'
import type {Rejection} from '../decode/decoded.ts'
import {alias} from '../decode/record-texts.ts'
import {byShape} from '../decode/shape.ts'
import type {Part} from '../lease-parts.ts'
import {refersTo} from '../routes/parents-first.ts'
import type {Sink} from '../sink.ts'
import {findEveryWrongValue} from './suspicion.ts'
import {findEveryViolation} from './violation.ts'

/** A record that was refused, and what is known to stand in its way. */
interface Refused {
  record: number
  deletes: boolean
  /** As `RecordTexts` writes it, with null for each value that is known to be wrong. */
  text: Buffer
  causes: Cause[]
}

/** Wrong values hide each other where only the first of a record is told; each round finds one more. */
const MOST_ROUNDS = 8

/**
 * What else stands in the way of records that are refused: each wrong value, each missing value, and each missing parent
 * and broken check. Only queries are asked, with null in place of values that are wrong, since an insert tells no more
 * than one cause. Nothing is foreseen if a trigger or a rule may change the records.
 * @returns the causes besides those of the rejections
 */
export async function furtherCauses(client: ClientBase, {sink, lease, parents}: Part): Promise<Rejection[]> {
  if (sink.table.mayRewrite || lease.rejections.length === 0) return []
  const refused = lease.rejections.flatMap((rejection): Refused[] => {
    const {record, cause} = rejection
    const text = sink.decoder.givenText(lease, rejection)
    return text
      ? [{record, deletes: lease.deletes.has(record), text: withoutValue(sink, text, cause), causes: [cause]}]
      : []
  })
  try {
    await client.query('BEGIN')
    let open = refused
    for (let round = 0; round < MOST_ROUNDS && open.length > 0; round++) {
      open = await findMore(client, sink, open)
    }
  } finally {
    await client.query('ROLLBACK').catch(() => {})
  }
  // What the other tables were given was rolled back, so that such a parent is missing now
  const among = parents.flatMap((parent) =>
    sink.table.foreignKeys.filter((key) => refersTo(key, parent.sink)),
  )
  const isLost = (cause: Cause) => among.some(({name}) => name === cause.constraint)
  return refused.flatMap(({record, causes}) =>
    causes.slice(1).flatMap((cause) => (isLost(cause) ? [] : [{record, cause: lease.ownCause(cause)}])),
  )
}

/** Adds causes to records. @returns those that may have more, since a wrong value was found and taken out */
async function findMore(client: ClientBase, sink: Sink, open: Refused[]): Promise<Refused[]> {
  const lease = sink.decoder.decodeFlat(
    open.map(({text}) => text),
    open.flatMap(({deletes}, i) => (deletes ? [i] : [])),
  )
  const again = new Set<Refused>()
  const add = (at: number, cause: Cause) => {
    const one = open[at]
    if (one.causes.some((known) => isSame(known, cause))) return
    one.causes.push(cause)
    const text = withoutValue(sink, one.text, cause)
    if (!text.equals(one.text)) again.add(one)
    one.text = text
  }
  for (const {record, cause} of lease.rejections) add(record, cause)
  for (const [shape, records] of byShape(lease.shapes, lease.pending)) {
    const set = sink.recordset(shape)
    const wrong = await findEveryWrongValue(client, sink, set, lease, records)
    for (const {record, cause} of wrong) add(record, cause)
    const plain = records.filter((record) => !again.has(open[record]))
    for (const {record, cause} of await findEveryViolation(client, sink, set, lease, plain))
      add(record, cause)
  }
  return [...again]
}

/** With null instead of the value at fault; a missing value or parent is not a value at fault. */
function withoutValue(sink: Sink, text: Buffer, {reason, code, column: name}: Cause): Buffer {
  const column = sink.table.columns.findIndex((one) => one.name === name)
  if (column < 0 || code === MISSING || reason === 'foreign_key') return text
  return setPath(text, [alias(column)], NULL) ?? text
}

const MISSING = '23502'
const NULL = Buffer.from('null')

/** Where a value was taken out, its column misses one: that is no other cause. */
function isSame(known: Cause, cause: Cause): boolean {
  if (known.constraint !== undefined || cause.constraint !== undefined) {
    return known.constraint === cause.constraint
  }
  return known.column === cause.column && (known.column !== undefined || known.code === cause.code)
}
