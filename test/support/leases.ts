import {randomUUID} from 'node:crypto'
import type {Lease, Take} from '../../src/queue/lease.ts'
import {push, type TestContext} from './context.ts'

/** A queue with these items, and a function that takes a lease from it. */
export async function queueOf(context: TestContext, ...items: string[]) {
  const at = context.newQueue()
  await push(context, at.keys, items)
  const take = (count: number, lengthMs = 60_000, taker: string = randomUUID(), turn = 1) =>
    at.engine.take({taker, turn, count, lengthMs})
  return {...at, take}
}

export function held(take: Take): Lease {
  if (take.state !== 'lease') throw new Error(`expected a lease, got ${take.state}`)
  return take.lease
}

/** What a lease comes to whose records are neither written nor refused. */
export const nothing = {
  inserted: 0,
  alreadyThere: 0,
  updated: 0,
  superseded: 0,
  deleted: 0,
  alreadyGone: 0,
  suppressed: 0,
  empty: 0,
  deadLetters: [],
  postponed: [],
  postponeMs: 0,
}
