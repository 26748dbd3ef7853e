import type {ClientBase} from 'pg'
import type {LeaseParts, Part} from '../lease-parts.ts'
import type {Sink} from '../sink.ts'
import {KeyGroups} from './key-groups.ts'
import {parentsOf} from './parents-first.ts'
import type {Steps} from './steps.ts'
import {readTurns, type Turns} from './turns.ts'

/**
 * The steps for a lease that deletes rows to which the rows of its other records may refer: what writes comes first, parents
 * before their children, and such deletes come last, children before their parents. Where a row is deleted and then
 * written again, this happens in several turns. Leaf tables know their own order.
 * @param parts of the whole lease, one for each table
 * @returns undefined if the lease has no such deletes: then one step for each table will do
 */
export async function readSteps(client: ClientBase, parts: LeaseParts): Promise<Steps | undefined> {
  const late = parts.all.filter((part) => deletesParents(part, parts.all))
  if (late.length === 0) return undefined
  const keys = new KeyGroups(new Map(parts.all.map(({sink, lease}) => [sink, lease])))
  const turns = await aside(client, () => readTurns(client, parts, late, keys))
  const deletes = new Set(late.flatMap(({lease}) => [...lease.deletes].map((r) => lease.numberOf(r))))
  const order = [
    ...parts.all.map(({sink}) => ({sink, isLate: false})),
    ...late.toReversed().map(({sink}) => ({sink, isLate: true})),
  ]
  return {
    keys,
    ofTurn: order.length,
    tables: Array.from({length: turns.count}, () => order.map(({sink}) => sink)).flat(),
    of: (sink, number) => {
      const isLate = deletes.has(number)
      const place = order.findIndex((one) => one.sink === sink && one.isLate === isLate)
      return turns.of(number) * order.length + place
    },
  }
}

/** Whether it removes rows to which rows of other tables, of which the lease has records, may refer. */
function deletesParents({sink, lease}: Part, all: readonly Part[]): boolean {
  if (lease.deletes.size === 0 || sink.upsert?.deletes?.soft) return false
  const sinks = all.map((part) => part.sink)
  return all.some((other) => other.lease.count > 0 && isBelow(other.sink, sink, sinks))
}

/** Whether a table refers to another, or to one that does. */
function isBelow(child: Sink, parent: Sink, sinks: readonly Sink[]): boolean {
  return parentsOf(child, sinks).some((one) => one === parent || isBelow(one, parent, sinks))
}

/** Asks in a transaction of its own. */
async function aside(client: ClientBase, read: () => Promise<Turns>): Promise<Turns> {
  await client.query('BEGIN')
  try {
    return await read()
  } finally {
    await client.query('ROLLBACK').catch(() => {})
  }
}
