import {expect, it} from 'vitest'
import {cli, cliEnv} from '../support/cli.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

it.each([
  ['peek', 'ready', 'queue', 'list', 'sorted set'],
  ['enqueue', 'ready', 'queue', 'list', 'sorted set'],
  ['work', 'leases', 'leases', 'list', 'sorted set'],
  ['dlq list', 'dead', 'dlq', 'list', 'sorted set'],
] as const)('qtool %s names the key of another type: %s', async (command, name, prefix, found, wanted) => {
  const {queue, keys} = context.newQueue()
  await context.redis.rpush(keys[name], 'somebody else')
  const args = [...command.split(' '), '-q', queue, ...(command === 'work' ? ['--until-empty'] : [])]
  const {code, stderr} = await cli(args, {env: cliEnv(), input: '{"a":1}\n'})
  expect(code).toBe(1)
  // The password of this Redis, "test", is masked in the queue's name as well
  const shown = queue.replace('test', '****')
  expect(stderr).toContain(`key ${prefix}:${shown} is a ${found}, not a ${wanted}`)
  expect(await context.redis.lrange(keys[name], 0, -1)).toEqual(['somebody else'])
  // The cleanup after the tests expects the types that qtool gives its keys
  await context.redis.del(keys[name])
})
