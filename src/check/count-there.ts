import type {ClientBase} from 'pg'
import type {DecodedLease} from '../sink/decode/decoded.ts'
import type {Shape} from '../sink/decode/shape.ts'
import {findThere} from '../sink/judge/there.ts'
import type {Sink} from '../sink/sink.ts'

/** How many of these records have a key that is in the table, as others see it. */
export async function countThere(
  client: ClientBase,
  sink: Sink,
  lease: DecodedLease,
  records: number[],
): Promise<number> {
  const refused = new Set(lease.rejections.map(({record}) => record))
  const shapes = new Map<Shape, number[]>()
  for (const record of records) {
    const shape = lease.shapes[record]
    if (!shape || refused.has(record)) continue
    const members = shapes.get(shape)
    if (members) members.push(record)
    else shapes.set(shape, [record])
  }
  let count = 0
  await client.query('BEGIN')
  try {
    for (const [shape, members] of shapes) {
      count += (await findThere(client, sink, sink.recordset(shape), lease, members)).there.length
    }
  } finally {
    await client.query('ROLLBACK').catch(() => {})
  }
  return count
}
