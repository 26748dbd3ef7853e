import {afterAll, beforeAll, describe, expect, inject, it, onTestFinished} from 'vitest'
import Doctor from '../../../src/commands/doctor.ts'
import Inspect from '../../../src/commands/inspect.ts'
import Queues from '../../../src/commands/queues.ts'
import type {Diagnosis} from '../../../src/doctor/diagnose.ts'
import {cliEnv, cliJson, runningCli, until} from '../../support/cli.ts'
import {QUICK_MS, startTestCluster, type TestCluster, type TestNode} from '../../support/cluster.ts'
import {bytesBehind, failOver, linkOf, nameOf, untilCopied} from '../../support/replicas.ts'
import {runCommand} from '../../support/run-command.ts'
import {moveSlot} from '../../support/slot-move.ts'

let cluster: TestCluster

const QUEUE = 'read'
const KEY = `queue:{${QUEUE}}`
const READING = ['--read-from', 'replica']

beforeAll(async () => {
  cluster = await startTestCluster({nodeTimeoutMs: QUICK_MS})
  const input = Array.from({length: 5}, (_, a) => `{"a":${a}}\n`).join('')
  await cliJson(['enqueue', '-q', QUEUE, '-'], {env: cliEnv({REDIS_URL: cluster.url}), input})
  await untilCopied(cluster, [KEY])
})
afterAll(() => cluster.stop())

const env = () => ({REDIS_URL: cluster.url, DATABASE_URL: inject('databaseUrl')})

describe('the lag', () => {
  it('is what the primary has and the replica has not, of a replica that hears nothing', async () => {
    const link = await linkOf(cluster, KEY)
    onTestFinished(() => link.end())
    const {primary, replica, url} = link
    link.cutOff()
    await primary.redis.set(`{${QUEUE}}large`, 'x'.repeat(100_000))
    const atLeast = await bytesBehind(primary, replica)
    expect(atLeast).toBeGreaterThan(100_000)
    const read = await runCommand(Inspect, ['-q', QUEUE, '--json', ...READING], {
      ...env(),
      REDIS_URL: url,
    })
    const atMost = await bytesBehind(primary, replica)
    const {readFrom} = read.json as {readFrom: Array<{server: string; behindBytes: number}>}
    expect(readFrom).toMatchObject([{server: nameOf(replica)}])
    expect(readFrom[0].behindBytes).toBeGreaterThanOrEqual(atLeast)
    expect(readFrom[0].behindBytes).toBeLessThanOrEqual(atMost)
  })
})

describe('what changes while somebody looks', () => {
  /** Looks at the queue all the time, until the end of the test. */
  function watch() {
    const watching = runningCli(['inspect', '-q', QUEUE, '--watch', '--json', ...READING], cliEnv(env()))
    const views = () =>
      watching
        .stdout()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line))
    onTestFinished(async () => {
      watching.child.kill('SIGINT')
      await watching.ended
    })
    return {
      /** Waits for a view of a replica, which may get the last item a moment after it is asked first. */
      untilWhole: (replica: TestNode) =>
        until(() => {
          const {ready, readFrom} = views().at(-1) ?? {}
          return ready === 5 && readFrom?.[0]?.server === nameOf(replica)
        }),
    }
  }

  it('a slot that moves is followed to a replica of its new primary', async () => {
    const [from, to] = [await cluster.primaryOf(KEY), await cluster.primaryOf('{c}')]
    const other = to === from ? await cluster.primaryOf('{a}') : to
    if (!from || !other) throw new Error('a slot is not served')
    const before = await cluster.replicaOf(KEY)
    const {untilWhole} = watch()
    await untilWhole(before)
    await moveSlot(cluster, KEY, {from, to: other})
    const after = await cluster.replicaOf(KEY)
    expect(after).not.toBe(before)
    await untilWhole(after)
  })

  it('a replica that is promoted is left for the one that is demoted', async () => {
    const [primary, replica] = [await cluster.primaryOf(KEY), await cluster.replicaOf(KEY)]
    if (!primary) throw new Error('a slot is not served')
    await untilCopied(cluster, [KEY])
    const {untilWhole} = watch()
    await untilWhole(replica)
    await failOver(cluster, KEY)
    await untilWhole(primary)
    await untilCopied(cluster, [KEY])
  })

  it('a replica that dies is missed, and nothing is read from its primary instead', async () => {
    const replica = await cluster.replicaOf(KEY)
    const primary = await cluster.primaryOf(KEY)
    await replica.crash()
    await until(async () => String(await primary?.redis.cluster('NODES')).includes('slave,fail '))
    const {code, stderr} = await runCommand(Inspect, ['-q', QUEUE, ...READING], env())
    expect({code, stderr}).toEqual({code: 4, stderr: expect.stringContaining('leave --read-from out')})
    const all = await runCommand(Queues, READING, env())
    expect({code: all.code, stderr: all.stderr}).toEqual({
      code: 4,
      stderr: expect.stringContaining('leave --read-from out'),
    })
    const {json} = await runCommand(Doctor, ['-q', QUEUE, '--json'], env())
    expect((json as Diagnosis).findings).toContainEqual(
      expect.objectContaining({
        level: 'critical',
        check: 'cluster.replicas',
        what: expect.stringContaining(`(${nameOf(replica)} is down)`),
      }),
    )
    await replica.start()
  })
})
