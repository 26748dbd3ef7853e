import {randomUUID} from 'node:crypto'
import {afterAll, expect, it} from 'vitest'
import {openQueue} from '../../../src/queue/open.ts'
import {cliEnv, cliJson, runningCli, until} from '../../support/cli.ts'
import {useServers} from '../../support/context.ts'

const context = useServers()
const name = `test-${randomUUID()}`

afterAll(async () => {
  await (await openQueue(context.redis, {name})).destroy()
})

/** Items that may wait. */
const BACKLOG = 15_000

/** Lines of 50 keys, each line once. */
const linesOf = (count: number, from: number) =>
  Array.from({length: count}, (_, i) => `{"f":"flight ${i % 50}","n":${from + i}}\n`)

/**
 * Real processes: two producers on pipes, workers and a rebalance that are killed again and again. The table has no unique
 * key, so that a record that was written twice shows.
 */
it('loses and doubles nothing while workers and rebalances are killed', {timeout: 300_000}, async () => {
  await context.pool.query('CREATE TABLE killed (f text, n integer)')
  const env = cliEnv()
  const on = ['-q', name]
  await cliJson(['enqueue', ...on, '--shards', '2', '--shard-by', 'f'], {
    env,
    input: linesOf(1000, 0).join(''),
  })
  const table = ['--table', `${context.schema}.killed`, '--lease', '3s', '--batch', '200', '--workers', '2']
  const work = () => runningCli(['work', ...on, ...table], env)
  const producers = [1, 2].map(() => runningCli(['enqueue', ...on, '--json'], env))
  let next = 1000
  let isOver = false
  const rows = async () => Number((await context.pool.query('SELECT count(*) FROM killed')).rows[0].count)
  let written = 0
  const feed = setInterval(() => {
    for (const {child} of producers) {
      // A busy machine is not to have more to do than it can
      if (isOver || next > written + BACKLOG) return
      child.stdin.write(linesOf(200, next).join(''))
      next += 200
    }
  }, 100)
  let worker = work()
  /** Each is killed in the middle of its work, however long it takes to begin. */
  const killing = (async () => {
    for (;;) {
      const before = written
      await until(async () => {
        written = await rows()
        return isOver || written > before + 3000
      })
      if (isOver) return
      worker.child.kill('SIGKILL')
      worker = work()
    }
  })()
  for (const [i, shards] of [4, 1, 3, 5, 2].entries()) {
    const args = ['shards', 'rebalance', ...on, '--shards', String(shards), '--yes', '--wait', '30s']
    const dying = runningCli(args, env)
    const timer = setTimeout(() => dying.child.kill('SIGKILL'), 700 + 250 * i)
    await dying.ended
    clearTimeout(timer)
    const {code, json} = await cliJson(args, {env})
    expect({code, to: json.plan?.to ?? json}).toEqual({code: 0, to: shards})
  }
  isOver = true
  clearInterval(feed)
  await killing
  for (const {child} of producers) child.stdin.end()
  const said = await Promise.all(producers.map(async ({ended}) => JSON.parse((await ended).stdout)))
  expect(said.reduce((all, {enqueued}) => all + enqueued, 1000)).toBe(next)
  worker.child.kill('SIGKILL')
  await cliJson(['work', ...on, ...table, '--until-empty'], {env})
  const counted = await context.pool.query(
    'SELECT count(*) AS rows, count(DISTINCT n) AS distinct FROM killed',
  )
  expect(counted.rows).toEqual([{rows: String(next), distinct: String(next)}])
  const after = await (await openQueue(context.redis, {name})).inspect()
  expect(after).toMatchObject({ready: 0, leases: 0, deadLetters: 0, totals: {enqueued: next}})
})
