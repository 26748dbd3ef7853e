import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {type QueueKeys, queueKeys} from '../../../src/redis/keys.ts'
import {cliEnv, type RunningCli, runningCli, until} from '../../support/cli.ts'
import {startTestCluster, type TestCluster, type TestNode} from '../../support/cluster.ts'
import {useServers} from '../../support/context.ts'
import {moveSlot} from '../../support/slot-move.ts'

const context = useServers()
let cluster: TestCluster
let rounds = 0

beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(() => cluster.stop())

const env = () => cliEnv({REDIS_URL: cluster.url})

/** A queue into which `enqueue` puts items all the time, while `work` writes them into a table without any key. */
class Load {
  readonly name = `load${++rounds}`
  readonly keys: QueueKeys = queueKeys(this.name, 'cluster')
  readonly table = `${context.schema}.${this.name}`
  readonly #sending: RunningCli
  readonly #working: RunningCli
  #sent = 0

  static async start(columns = 'a int'): Promise<Load> {
    const load = new Load()
    await context.pool.query(`CREATE TABLE ${load.table} (${columns})`)
    return load
  }

  private constructor() {
    this.#sending = runningCli(['enqueue', '-q', this.name, '-', '--json'], env())
    this.#working = runningCli(
      ['work', '-q', this.name, '--table', this.table, '--workers', '2', '--batch', '100', '--lease', '3s'],
      env(),
    )
  }

  /** Feeds items for as long as something happens, and some more before and after. */
  async during(happens: () => Promise<void>): Promise<void> {
    let isOver = false
    const feeding = (async () => {
      while (!isOver) await this.#feed(200)
      await this.#feed(1000)
    })()
    await until(async () => (await this.rows()).n > 500)
    await happens()
    const before = (await this.rows()).n
    await until(async () => (await this.rows()).n > before + 500)
    isOver = true
    await feeding
  }

  async rows(): Promise<{n: number; d: number}> {
    const {rows} = await context.pool.query(
      `SELECT count(*)::int AS n, count(DISTINCT a)::int AS d FROM ${this.table}`,
    )
    return rows[0]
  }

  /** Ends both commands once the queue is empty. @returns what they say, and how many items were sent */
  async finish() {
    this.#sending.child.stdin.end()
    const sent = await this.#sending.ended
    await until(async () => (await this.#left()) === 0)
    this.#working.child.kill('SIGINT')
    const worked = await this.#working.ended
    return {sent: this.#sent, enqueue: {...sent, json: JSON.parse(sent.stdout)}, worked}
  }

  async #left(): Promise<number> {
    const node = await cluster.primaryOf(this.keys.ready)
    return (await node?.redis.exists(this.keys.ready, this.keys.leases).catch(() => 1)) ?? 1
  }

  async #feed(count: number): Promise<void> {
    const lines = Array.from({length: count}, () => `{"a":${this.#sent++}}\n`).join('')
    this.#sending.child.stdin.write(lines)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function nodesOf(load: Load): Promise<{primary: TestNode; other: TestNode}> {
  const primary = await cluster.primaryOf(load.keys.ready)
  const other =
    (await cluster.primaryOf('{c}')) === primary
      ? await cluster.primaryOf('{a}')
      : await cluster.primaryOf('{c}')
  if (!primary || !other) throw new Error('a slot is not served')
  return {primary, other}
}

async function expectAllOnce(load: Load): Promise<void> {
  const {sent, enqueue, worked} = await load.finish()
  expect([enqueue.code, enqueue.stderr, worked.code]).toMatchObject([0, expect.anything(), 130])
  expect(enqueue.json).toMatchObject({read: sent, enqueued: sent, duplicates: 0})
  expect(await load.rows()).toEqual({n: sent, d: sent})
}

describe('a queue whose slot moves', () => {
  it('loses nothing and writes nothing twice, three times to and fro', async () => {
    const load = await Load.start()
    await load.during(async () => {
      const {primary, other} = await nodesOf(load)
      for (let i = 0; i < 3; i++) {
        const [from, to] = i % 2 === 0 ? [primary, other] : [other, primary]
        await moveSlot(cluster, load.keys.ready, {from, to, stepMs: 50})
        const before = (await load.rows()).n
        await until(async () => (await load.rows()).n > before + 500)
      }
    })
    await expectAllOnce(load)
  })
})
