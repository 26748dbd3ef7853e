import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {type QueueKeys, queueKeys} from '../../../src/redis/keys.ts'
import {cliEnv, type RunningCli, runningCli, until} from '../../support/cli.ts'
import {QUICK_MS, startTestCluster, type TestCluster, type TestNode} from '../../support/cluster.ts'
import {useServers} from '../../support/context.ts'
import {copyOf, failOver, replicationOf} from '../../support/replicas.ts'
import {moveSlot} from '../../support/slot-move.ts'

const context = useServers()
let cluster: TestCluster
let rounds = 0

beforeAll(async () => {
  cluster = await startTestCluster({nodeTimeoutMs: QUICK_MS})
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
  /** The first item that may be lost, and the first after it that may not. */
  #mayLose = {from: 0, to: 0}

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
    await this.untilMore()
    isOver = true
    await feeding
  }

  /**
   * Lets the replica take over from a primary that may have accepted what it does not have: none of what it has may be
   * lost, and nothing that is sent once the primary takes nothing any more.
   */
  async lossy(takeOver: (primary: TestNode, replica: TestNode) => Promise<void>): Promise<void> {
    const [{primary}, replica] = [await nodesOf(this), await copyOf(cluster, this.keys.ready)]
    const from = Number(await primary.redis.hget(this.keys.stats, 'enqueued'))
    const written = Number((await replicationOf(primary)).get('master_repl_offset'))
    await until(async () => Number((await replicationOf(replica)).get('slave_repl_offset')) >= written)
    await takeOver(primary, replica)
    await until(async () => (await cluster.primaryOf(this.keys.ready)) === replica)
    this.#mayLose = {from, to: this.#sent}
  }

  /** Waits until some more rows are there. */
  async untilMore(): Promise<void> {
    const before = (await this.rows()).n
    await until(async () => (await this.rows()).n > before + 500)
  }

  /** The items that are no rows and may not be lost. */
  async missing(): Promise<number[]> {
    const {rows} = await context.pool.query(`SELECT a FROM ${this.table}`)
    const there = new Set(rows.map(({a}) => a))
    const {from, to} = this.#mayLose
    const all = Array.from({length: this.#sent}, (_, a) => a)
    return all.filter((a) => !there.has(a) && !(from <= a && a < to))
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

/** Waits until a server knows that it is no primary any more. */
async function untilDemoted(node: TestNode): Promise<void> {
  await until(async () => (await replicationOf(node)).get('role') === 'slave')
}

/** Expects that every item that was sent is one row, but for those that may be lost. */
async function expectAllOnce(load: Load): Promise<void> {
  const {sent, enqueue, worked} = await load.finish()
  expect({enqueue: enqueue.code, work: worked.code, stderr: worked.stderr}).toMatchObject({
    enqueue: 0,
    work: 130,
  })
  expect(enqueue.json).toMatchObject({read: sent, enqueued: sent, duplicates: 0})
  const {n, d} = await load.rows()
  expect(d).toBe(n)
  expect(await load.missing()).toEqual([])
}

describe('a benchmark of several processes', () => {
  it('meets in a slot of its own, and leaves nothing on any node', async () => {
    const agents = [1, 2].map(() => runningCli(['bench', 'agent', '--run', 'night-1', '--json'], env()))
    const load = ['--rate', '100', '--for', '2s', '--warm-up', '0', '--agents', '2', '--run', 'night-1']
    const {stdout} = await runningCli(['bench', 'sustained', ...load, '--json'], env()).ended
    const {ledger, agents: found} = JSON.parse(stdout)
    expect(ledger).toMatchObject({enqueued: 200, rows: 200, lost: 0, duplicated: 0})
    expect(found.map(({sent}: {sent: number}) => sent)).toEqual([100, 100])
    expect((await Promise.all(agents.map(({ended}) => ended))).map(({code}) => code)).toEqual([0, 0])
    const left = await Promise.all(cluster.nodes.map(({redis}) => redis.keys('*qtool-bench-*')))
    expect(left.flat()).toEqual([])
  })
})

describe('a queue whose slot moves', () => {
  it('loses nothing and writes nothing twice, three times to and fro', async () => {
    const load = await Load.start()
    await load.during(async () => {
      const {primary, other} = await nodesOf(load)
      for (let i = 0; i < 3; i++) {
        const [from, to] = i % 2 === 0 ? [primary, other] : [other, primary]
        await moveSlot(cluster, load.keys.ready, {from, to, stepMs: 50})
        await load.untilMore()
      }
    })
    await expectAllOnce(load)
  })
})

describe('a queue whose node changes', () => {
  it('by CLUSTER FAILOVER: loses nothing and writes nothing twice, without any unique key', async () => {
    const load = await Load.start()
    await load.during(async () => {
      for (let i = 0; i < 2; i++) {
        await failOver(cluster, load.keys.ready)
        await load.untilMore()
      }
    })
    await expectAllOnce(load)
  })

  it('by TAKEOVER: writes nothing twice, and loses at most what the old primary accepted meanwhile', async () => {
    const load = await Load.start('a int UNIQUE')
    await load.during(() =>
      load.lossy(async (primary, replica) => {
        await replica.redis.cluster('FAILOVER', 'TAKEOVER')
        await untilDemoted(primary)
      }),
    )
    await expectAllOnce(load)
  })

  it('because it is killed: writes nothing twice, and loses at most what its replica had not', async () => {
    const load = await Load.start('a int UNIQUE')
    const {primary} = await nodesOf(load)
    await load.during(() => load.lossy(() => primary.crash()))
    await primary.start()
    await expectAllOnce(load)
  })

  it('because it hangs: writes nothing twice, and loses at most what its replica had not', async () => {
    const load = await Load.start('a int UNIQUE')
    await load.during(() =>
      load.lossy(async (primary, replica) => {
        primary.freeze()
        await until(async () => (await cluster.primaryOf(load.keys.ready)) === replica)
        await load.untilMore()
        primary.thaw()
        await untilDemoted(primary)
      }),
    )
    await expectAllOnce(load)
  })
})

describe('a queue whose node restarts', () => {
  /** However long a busy machine takes for it, no replica takes over. */
  beforeAll(async () => {
    for (const {redis} of cluster.nodes) {
      await redis.config('SET', 'cluster-replica-no-failover', 'yes')
      await redis.config('REWRITE')
    }
  })

  it('before another takes over: loses nothing and writes nothing twice', async () => {
    const load = await Load.start()
    await load.during(async () => {
      const {primary} = await nodesOf(load)
      await primary.crash()
      await primary.start()
    })
    await expectAllOnce(load)
  })

  it('with all others: loses nothing and writes nothing twice', async () => {
    const load = await Load.start()
    await load.during(async () => {
      await Promise.all(cluster.nodes.map((node) => node.crash()))
      await Promise.all(cluster.nodes.map((node) => node.start()))
    })
    await expectAllOnce(load)
  })
})
