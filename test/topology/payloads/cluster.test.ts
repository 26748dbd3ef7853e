import {Queue} from 'bullmq'
import {Cluster} from 'ioredis'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {cliEnv, cliJson} from '../../support/cli.ts'
import {PASSWORD, startTestCluster, type TestCluster} from '../../support/cluster.ts'
import {useServers} from '../../support/context.ts'

const context = useServers()
let cluster: TestCluster

beforeAll(async () => {
  cluster = await startTestCluster()
  await context.pool.query('CREATE TABLE points (n int PRIMARY KEY)')
})
afterAll(() => cluster.stop())

it('jobs of BullMQ are drained from a cluster, on which their keys share the slot of the queue', async () => {
  const {port} = cluster.nodes[0]
  const connection = new Cluster([{host: '127.0.0.1', port}], {redisOptions: {password: PASSWORD}})
  const queue = new Queue('orders', {connection, prefix: '{orders}'})
  await queue.addBulk(Array.from({length: 300}, (_, n) => ({name: 'save', data: {n}})))
  const env = cliEnv({REDIS_URL: cluster.url})
  const args = ['-q', 'orders', '--redis-key', '{orders}:orders:wait', '--payload', 'bullmq']
  const work = ['work', ...args, '--table', `${context.schema}.points`, '--until-empty']
  const {json, stderr} = await cliJson(work, {env})
  expect(json, stderr).toMatchObject({inserted: 300, deadLettered: 0})
  await queue.close()
  connection.disconnect()
})

it('jobs whose hashes are in other slots are refused, and kept', async () => {
  const node = await cluster.primaryOf('rq:queue:{tracks}')
  await node?.redis.rpush('rq:queue:{tracks}', 'one', 'two')
  const env = cliEnv({REDIS_URL: cluster.url})
  const args = ['-q', 'tracks', '--redis-key', 'rq:queue:{tracks}', '--payload', 'rq']
  const work = ['work', ...args, '--table', `${context.schema}.points`, '--until-empty']
  const {code, json} = await cliJson(work, {env})
  expect({code, json}).toMatchObject({code: 2, json: {error: {message: expect.stringContaining('slot')}}})
  const {json: inspected} = await cliJson(['inspect', '-q', 'tracks'], {env})
  expect(inspected.ready + inspected.leased).toBeGreaterThan(0)
})
