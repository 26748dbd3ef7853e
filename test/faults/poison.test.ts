import {once} from 'node:events'
import {beforeAll, expect, it} from 'vitest'
import {cliEnv, startCli} from '../support/cli.ts'
import {deadLetters, push, useServers} from '../support/context.ts'

const context = useServers()

/** Aborts the process that sends a certain row to Postgres, as a bug in native code would. */
const ABORTS = `import {Socket} from 'node:net'
const {write} = Socket.prototype
Socket.prototype.write = function (chunk, ...rest) {
  if (String(chunk).includes('\\tDEADLY')) process.abort()
  return write.call(this, chunk, ...rest)
}`

beforeAll(async () => {
  await context.pool.query('CREATE TABLE poison (a int, name text)')
})

it('X32: an item that kills its workers ends alone in the dead letters', {timeout: 60_000}, async () => {
  const {queue, keys} = context.newQueue()
  const items = Array.from({length: 12}, (_, i) => `{"a":${i},"name":"${i === 7 ? 'DEADLY' : 'ok'}"}`)
  await push(context, keys, items)
  const env = cliEnv({NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(ABORTS)}`})
  const args = ['work', '-q', queue, '--table', `${context.schema}.poison`, '--until-empty', '--lease', '60s']
  const codes: Array<number | null> = []
  while (codes.length < 30 && codes.at(-1) !== 3) {
    const worker = startCli([...args, '--workers', '1'], env)
    worker.stdout.resume()
    worker.stderr.resume()
    const [code] = await once(worker, 'close')
    codes.push(code)
    // As if a minute had gone by
    for (const lease of await context.redis.zrange(keys.leases, '0', '-1')) {
      await context.redis.zadd(keys.leases, 'XX', 0, lease)
    }
  }
  // The last process ends as partial, because of the dead letter; all earlier ones died
  expect(codes.at(-1)).toBe(3)
  expect(codes.slice(0, -1).every((code) => code === null)).toBe(true)
  expect(codes.length).toBeLessThan(12)
  expect(await deadLetters(context, keys)).toMatchObject([{reason: 'poison', payload: items[7], score: 7}])
  const {rows} = await context.pool.query('SELECT array_agg(a ORDER BY a) AS a FROM poison')
  expect(rows[0].a).toEqual(items.map((_, i) => i).filter((i) => i !== 7))
  expect(await context.redis.exists(keys.ready, keys.leases, keys.attempts)).toBe(0)
})
