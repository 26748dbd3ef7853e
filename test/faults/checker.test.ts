import {execFile} from 'node:child_process'
import {createHash} from 'node:crypto'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, expect, inject, it} from 'vitest'
import {useServers} from '../support/context.ts'

const CHECKER = fileURLToPath(new URL('../chaos/checker.js', import.meta.url))
const context = useServers()
const folder = mkdtempSync(join(tmpdir(), 'qtool-checker-'))
afterAll(() => rmSync(folder, {recursive: true, force: true}))
let tables = 0

/** Ten acked items and a table without a unique key. */
async function setUp() {
  const {queue, keys} = context.newQueue()
  const table = `${context.schema}.c${++tables}`
  await context.pool.query(`CREATE TABLE ${table} (id int, body text)`)
  const ledger: string[] = []
  for (let id = 0; id < 10; id++) {
    const body = `body ${id}`
    await context.redis.zadd(keys.ready, id, JSON.stringify({id, body}))
    ledger.push(JSON.stringify({id, state: 'acked', sha: createHash('sha256').update(body).digest('hex')}))
  }
  const path = join(folder, queue)
  writeFileSync(path, ledger.join('\n'))
  const insert = async (item: string) => {
    const {id, body} = JSON.parse(item)
    await context.pool.query(`INSERT INTO ${table} VALUES ($1, $2)`, [id, body])
  }
  const check = () =>
    new Promise<Record<string, number>>((resolve, reject) => {
      const args = [CHECKER, path, inject('redisUrl'), inject('databaseUrl'), queue, table]
      execFile(process.execPath, args, (error, stdout) =>
        stdout ? resolve(JSON.parse(stdout)) : reject(error),
      )
    })
  return {keys, table, insert, check}
}

it('passes a correct worker', async () => {
  const {keys, insert, check} = await setUp()
  for (const item of await context.redis.zrange(keys.ready, '0', '-1')) await insert(item)
  await context.redis.del(keys.ready)
  expect(await check()).toMatchObject({lost: 0, duplicated: 0, rows: 10, problems: []})
})

it('catches pop, killed, insert', async () => {
  const {keys, check} = await setUp()
  await context.redis.zpopmin(keys.ready, 3)
  expect(await check()).toMatchObject({lost: 3, ready: 7})
})

it('catches rows that a trigger dropped', async () => {
  const {keys, table, insert, check} = await setUp()
  const drop = `${context.schema}.drop_row`
  await context.pool.query(`CREATE FUNCTION ${drop}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER t BEFORE INSERT ON ${table} FOR EACH ROW WHEN (NEW.id < 4) EXECUTE FUNCTION ${drop}()`)
  for (const item of await context.redis.zrange(keys.ready, '0', '-1')) await insert(item)
  await context.redis.del(keys.ready)
  expect(await check()).toMatchObject({lost: 4, rows: 6})
})

it('catches a retry after an unknown commit', async () => {
  const {keys, insert, check} = await setUp()
  const items = await context.redis.zrange(keys.ready, '0', '-1')
  for (const item of [...items, items[0]]) await insert(item)
  await context.redis.del(keys.ready)
  expect(await check()).toMatchObject({lost: 0, duplicated: 1, rows: 11})
})

it('catches a row that is a dead letter as well', async () => {
  const {keys, insert, check} = await setUp()
  const [payload] = await context.redis.zrange(keys.ready, '0', '0')
  await context.redis.zadd(keys.dead, 1, JSON.stringify({code: '57P01', payload}))
  await insert(payload)
  await context.redis.zrem(keys.ready, payload)
  expect(await check()).toMatchObject({duplicated: 1, deadLetters: 1})
})
