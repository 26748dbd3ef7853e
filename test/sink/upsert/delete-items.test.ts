import {expect, it} from 'vitest'
import {useServers} from '../../support/context.ts'
import {drainInto} from '../../support/drain-into.ts'

const context = useServers()
let number = 0

async function table(): Promise<string> {
  const name = `i${++number}`
  await context.pool.query(`CREATE TABLE ${name} (id int PRIMARY KEY, v int);
INSERT INTO ${name} SELECT n, 0 FROM generate_series(1, 6) n;
CREATE TABLE ${name}_c (id int REFERENCES ${name}); INSERT INTO ${name}_c VALUES (3)`)
  return name
}

it('a job of several records is applied whole, or not at all', async () => {
  const job = (...args: unknown[]) => ({class: 'Save', args: [args], jid: `j${++number}`})
  const jobs = [
    job({op: 'd', id: 1}, {op: 'u', id: 2, v: 2}),
    job({op: 'd', id: 4}, {op: 'd', id: 3}),
    job({op: 'd', id: 5}, {op: 'x', id: 6}),
  ]
  const sink = {onConflict: 'update', opField: 'op', payload: 'sidekiq', records: 'points'} as const
  const {tally, letters, rows} = await drainInto(context, await table(), jobs, {sink})
  expect(rows).toEqual([{id: 2, v: 2}, ...[3, 4, 5, 6].map((id) => ({id, v: 0}))])
  expect(tally).toMatchObject({deleted: 1, updated: 1})
  expect(letters.map(({payload}) => payload).sort()).toEqual(
    jobs
      .slice(1)
      .map((one) => JSON.stringify(one))
      .sort(),
  )
})

it('a record that its envelope makes a delete keeps the envelope as a dead letter, and deletes when it comes back', async () => {
  const name = await table()
  const sink = {onConflict: 'update', opField: '$envelope.do', records: 'rows'} as const
  const envelope = {do: 'delete', rows: [{id: 1}, {id: 3}, {id: 9}], sent: 'now'}
  const {tally, letters, rows} = await drainInto(context, name, [envelope, {id: 2, v: 9}], {sink})
  expect(rows.map(({id}) => id)).toEqual([2, 3, 4, 5, 6])
  expect(tally).toMatchObject({deleted: 1, alreadyGone: 1, deadLettered: 2})
  const [refused, alone] = letters.map(({payload}) => String(payload)).sort((a, b) => b.length - a.length)
  expect(JSON.parse(refused)).toEqual({...envelope, rows: [{id: 3}]})
  expect(JSON.parse(alone)).toEqual({id: 2, v: 9})
  await context.pool.query(`TRUNCATE ${name}_c`)
  const again = await drainInto(context, name, [refused], {sink})
  expect(again.tally).toMatchObject({deleted: 1, deadLettered: 0})
})
