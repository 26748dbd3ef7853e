import {Redis} from 'ioredis'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {freePort} from '../../src/stack/process.ts'
import {until} from '../support/cli.ts'
import {startTestRedis, type TestServer} from '../support/server.ts'
import {examineRedis} from './examine.ts'

interface Node {
  server: TestServer
  redis: Redis
  busPort: number
}

let node: Node
let other: Node

beforeAll(async () => {
  ;[node, other] = await Promise.all([startNode(), startNode()])
})

afterAll(async () => {
  for (const {server, redis} of [node, other]) {
    redis.disconnect()
    await server.stop()
  }
})

/** By default, the port between nodes is 10,000 higher than the other, which there may not be. */
async function startNode(): Promise<Node> {
  const busPort = await freePort()
  const server = await startTestRedis('cluster-enabled yes', `cluster-port ${busPort}`)
  return {server, redis: new Redis(server.url), busPort}
}

it('finds slots that no node serves, then one that is half moved', {timeout: 30_000}, async () => {
  const {server, redis} = node
  const examine = () => examineRedis(server.url)
  // Redis 7.0 always moves slots key by key
  expect(await examine()).toEqual(['critical cluster.state', 'warning cluster.migration'])
  await redis.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383)
  await until(async () => /cluster_state:ok/.test(String(await redis.cluster('INFO'))))
  expect(await examine()).toEqual(['warning cluster.replicas', 'warning cluster.migration'])
  await redis.call('CLUSTER', 'MEET', '127.0.0.1', other.server.port, other.busPort)
  const id = String(await other.redis.cluster('MYID'))
  await until(async () => String(await redis.cluster('NODES')).includes(`${id} 127.0.0.1`))
  await until(() =>
    redis.call('CLUSTER', 'SETSLOT', 5, 'MIGRATING', id).then(
      () => true,
      () => false,
    ),
  )
  expect(await examine()).toEqual([
    'warning cluster.replicas',
    'warning cluster.migration',
    'warning cluster.open-slots',
  ])
})
