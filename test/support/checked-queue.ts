import {execFile} from 'node:child_process'
import {createHash} from 'node:crypto'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, inject} from 'vitest'
import type {QueueKeys} from '../../src/redis/keys.ts'
import type {TestContext} from './context.ts'

const CHECKER = fileURLToPath(new URL('../chaos/checker.js', import.meta.url))

/** A queue with ten acknowledged items, an empty table without a unique key, and the checker that judges both. */
export interface CheckedQueue {
  queue: string
  keys: QueueKeys
  /** Qualified name; `TABLE_ledger` also exists. */
  table: string
  items: string[]
  check(): Promise<Record<string, number | string[]>>
}

/** Makes checked queues; their ledgers are removed at the end of the test file. */
export function useCheckedQueues(context: TestContext): () => Promise<CheckedQueue> {
  const folder = mkdtempSync(join(tmpdir(), 'qtool-checker-'))
  afterAll(() => rmSync(folder, {recursive: true, force: true}))
  let tables = 0
  return async () => {
    const {queue, keys} = context.newQueue()
    const table = `${context.schema}.c${++tables}`
    await context.pool.query(
      `CREATE TABLE ${table} (id int, body text); CREATE TABLE ${table}_ledger (lease_id text PRIMARY KEY)`,
    )
    const rows = Array.from({length: 10}, (_, id) => ({id, body: `body ${id}`}))
    const items = rows.map((row) => JSON.stringify(row))
    await context.redis.zadd(keys.ready, ...items.flatMap((item, id) => [id, item]))
    const path = join(folder, queue)
    const lines = rows.map(({id, body}) => {
      const sha = createHash('sha256').update(body).digest('hex')
      return JSON.stringify({id, state: 'acked', sha})
    })
    writeFileSync(path, lines.join('\n'))
    return {
      queue,
      keys,
      table,
      items,
      check: () => judge([path, inject('redisUrl'), inject('databaseUrl'), queue, table]),
    }
  }
}

/** Judges from outside. @param args ledger, URLs of Redis and Postgres, queue and table */
export function judge(
  args: [ledger: string, redisUrl: string, databaseUrl: string, queue: string, table: string],
): Promise<Record<string, number | string[]>> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [CHECKER, ...args], (error, stdout) =>
      stdout ? resolve(JSON.parse(stdout)) : reject(error),
    )
  })
}
