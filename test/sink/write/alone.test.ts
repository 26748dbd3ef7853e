import {expect, it} from 'vitest'
import {Deadlocks} from '../../../src/sink/deadlocks.ts'
import type {Sink} from '../../../src/sink/sink.ts'
import {noteDeadlock, waitForOthers} from '../../../src/sink/write/alone.ts'
import {testSink, useServers} from '../../support/context.ts'
import {until} from '../../support/until.ts'

const context = useServers()

/** The error of a session that Postgres has ended because of a deadlock. */
async function realDeadlock(): Promise<unknown> {
  const sessions = [await context.pool.connect(), await context.pool.connect()]
  try {
    for (const [i, one] of sessions.entries()) {
      await one.query(`BEGIN; SET LOCAL deadlock_timeout = '20ms'; SELECT pg_advisory_xact_lock(${9100 + i})`)
    }
    const ends = await Promise.allSettled(
      sessions.map((one, i) =>
        one.query(`SELECT pg_advisory_xact_lock(${9101 - i})`).finally(() => one.query('ROLLBACK')),
      ),
    )
    return ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))[0]
  } finally {
    for (const one of sessions) one.release()
  }
}

async function twoSinks(table: string): Promise<Sink[]> {
  await context.pool.query(`CREATE TABLE ${table} (id int PRIMARY KEY)`)
  return [await testSink(context, table), await testSink(context, table)]
}

it('leases of several processes are written one after the other once they have met a deadlock', async () => {
  const sinks = await twoSinks('crowded')
  const error = await realDeadlock()
  expect(error).toMatchObject({code: '40P01'})
  for (const sink of sinks) noteDeadlock(new Error('a way failed', {cause: error}), [sink])
  const [first, second] = [await context.pool.connect(), await context.pool.connect()]
  try {
    for (const one of [first, second]) await one.query('BEGIN')
    await waitForOthers(first, [sinks[0]])
    let isThrough = false
    const waiting = waitForOthers(second, [sinks[1]]).then(() => {
      isThrough = true
    })
    await until(async () => {
      const sql = "SELECT FROM pg_stat_activity WHERE wait_event = 'advisory' AND query LIKE '%writes alone%'"
      return (await context.pool.query(sql)).rowCount === 1
    })
    expect(isThrough).toBe(false)
    await first.query('COMMIT')
    await waiting
    await second.query('COMMIT')
  } finally {
    first.release()
    second.release()
  }
})

it('nobody waits for leases of another table, nor before a deadlock', async () => {
  const [met] = await twoSinks('met')
  const [calm] = await twoSinks('calm')
  met.experience.deadlocks.met()
  noteDeadlock(new Error('no deadlock'), [calm])
  const holder = await context.pool.connect()
  const other = await context.pool.connect()
  try {
    await holder.query('BEGIN')
    await waitForOthers(holder, [met])
    await other.query('BEGIN')
    await waitForOthers(other, [calm])
    for (const one of [holder, other]) await one.query('ROLLBACK')
  } finally {
    holder.release()
    other.release()
  }
})

it('leases are tried side by side again after a while', () => {
  const deadlocks = new Deadlocks()
  expect(deadlocks.next()).toBe(false)
  deadlocks.met()
  let alone = 0
  while (deadlocks.next()) alone++
  expect(alone).toBe(200)
})
