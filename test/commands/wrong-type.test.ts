import {expect, it} from 'vitest'
import {cli, cliEnv, cliJson} from '../support/cli.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

it.each([
  ['peek', 'ready', 'queue', 'set', 'sorted set'],
  ['enqueue', 'ready', 'queue', 'set', 'sorted set'],
  ['work', 'leases', 'leases', 'set', 'sorted set'],
  ['dlq list', 'dead', 'dlq', 'set', 'sorted set'],
] as const)('qtool %s names the key of another type: %s', async (command, name, prefix, found, wanted) => {
  const {queue, keys} = context.newQueue()
  await context.redis.sadd(keys[name], 'somebody else')
  const args = [...command.split(' '), '-q', queue, ...(command === 'work' ? ['--until-empty'] : [])]
  const {code, stderr} = await cli(args, {env: cliEnv(), input: '{"a":1}\n'})
  expect(code).toBe(1)
  // The password of this Redis, "test", is masked in the queue's name as well
  const shown = queue.replace('test', '****')
  expect(stderr).toContain(`key ${prefix}:${shown} is a ${found}, not a ${wanted}`)
  expect(await context.redis.smembers(keys[name])).toEqual(['somebody else'])
  // The cleanup after the tests expects the types that qtool gives its keys
  await context.redis.del(keys[name])
})

it.each([
  ['a key of another type', ['--redis-key', 'KEY']],
  ['envelopes for a queue that is spread by a field', ['--shards', '3', '--shard-by', 'a', '--group', '2']],
  ['a list that is spread', ['--shards', '3', '--list-pops', 'left']],
  ['a list without an end', ['--engine', 'list']],
])('qtool enqueue refuses %s, and writes nothing down', async (_, flags) => {
  const {queue, keys} = context.newQueue()
  const key = `other:${queue}`
  await context.redis.set(key, 'somebody else')
  const args = ['enqueue', '-q', queue, ...flags.map((flag) => flag.replace('KEY', key))]
  const refused = await cli(args, {input: '{"a":1}\n'})
  expect(refused.code).not.toBe(0)
  expect(refused.stderr).not.toContain('key queue:')
  expect(await context.redis.exists(keys.sink)).toBe(0)
  expect((await cli(['enqueue', '-q', queue], {input: '{"a":1}\n'})).code).toBe(0)
})

it('qtool enqueue spreads no queue whose items are in another key', async () => {
  const {queue} = context.newQueue()
  const made = await cli(['enqueue', '-q', queue, '--redis-key', `other:${queue}`], {input: '{"a":1}\n'})
  expect(made.code).toBe(0)
  const spread = await cli(['enqueue', '-q', queue, '--shards', '3'], {input: '{"a":2}\n'})
  expect(spread).toMatchObject({code: 2, stderr: expect.stringContaining('has its items in key other:')})
})

it('qtool queues lists the others beside a queue whose binding is of another type', async () => {
  const [broken, sound] = [context.newQueue(), context.newQueue()]
  await context.redis.zadd(broken.keys.ready, 1, '{"a":1}')
  await context.redis.set(broken.keys.sink, 'somebody else')
  await context.redis.zadd(sound.keys.ready, 1, '{"a":1}')
  const {json} = await cliJson(['queues'])
  const rows = json.queues as Array<{queue: string; ready: number | null; problem: string | null}>
  const rowOf = (name: string) => rows.find(({queue}) => queue === name)
  expect(rowOf(broken.queue)).toMatchObject({ready: null, problem: 'sink:NAME has another type'})
  expect(rowOf(sound.queue)).toMatchObject({ready: 1, problem: null})
  await context.redis.del(broken.keys.sink)
})
