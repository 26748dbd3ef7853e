import {describe, expect, it} from 'vitest'
import {atTerminal} from '../support/at-terminal.ts'
import {cli, cliEnv, cliJson, until} from '../support/cli.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

/** A list of another program under a key of its own. */
async function foreignList(...items: string[]) {
  const {queue} = context.newQueue()
  const key = `list:${queue}`
  await context.redis.lpush(key, ...items)
  return {queue, key, is: ['-q', queue, '--redis-key', key]}
}

describe('a list of another program', () => {
  it('is drained, with its name alone once it was worked on', async () => {
    await context.pool.query('CREATE TABLE listed (a int)')
    const table = ['--table', `${context.schema}.listed`, '--until-empty']
    const {queue, key, is} = await foreignList('{"a":1}', '{"a":1}', '{"a":"x"}')
    const unsaid = await cli(['work', ...is, ...table])
    expect(unsaid.code).toBe(2)
    expect(unsaid.stderr).toContain('add --list-pops right if producers LPUSH')
    const worked = await cliJson(['work', ...is, '--list-pops', 'right', ...table])
    expect(worked.json).toMatchObject({inserted: 2, deadLettered: 1})
    await context.redis.lpush(key, '{"a":2}')
    const again = await cliJson(['work', '-q', queue, '--until-empty'])
    expect(again.json).toMatchObject({inserted: 1})
    const replayed = await cliJson(['dlq', 'replay', '-q', queue])
    expect(replayed.json).toMatchObject({replayed: 1})
    expect(await context.redis.lrange(key, 0, -1)).toEqual(['{"a":"x"}'])
  })

  it('is found by what variables say of it', async () => {
    const {queue, key} = await foreignList('{"a":1}', '{"a":2}')
    const env = {...cliEnv(), QTOOL_QUEUE: queue, QTOOL_READY_KEY: key, QTOOL_LIST_POPS: 'right'}
    const peeked = await cli(['peek', '--json'], {env})
    expect(JSON.parse(peeked.stdout)).toMatchObject({queue, engine: 'list', ready: 2})
    await context.redis.set(`paused:${queue}-other`, '1')
    const other = await cli(['peek', '-q', `${queue}-other`, '--json'], {env})
    expect(JSON.parse(other.stdout)).toMatchObject({ready: 0, engine: 'list'})
    await context.redis.del(key, `paused:${queue}-other`)
  })

  it('is among all queues once it was worked on, also while it is empty', async () => {
    const {queue, key, is} = await foreignList('{"a":1}')
    expect((await cli(['pause', ...is])).code).toBe(0)
    await cli(['resume', '-q', queue])
    const row = async () => {
      const {json} = await cliJson(['queues', '--match', queue])
      return json.queues
    }
    expect(await row()).toMatchObject([{queue, engine: 'list', readyKey: key, ready: 1}])
    await context.redis.del(key)
    expect(await row()).toMatchObject([{queue, engine: 'list', readyKey: key, ready: 0}])
    const other = context.newQueue()
    await context.redis.hset(other.keys.sink, {engine: 'list', list_pops: 'left'})
    expect((await cliJson(['queues', '--match', other.queue])).json.queues).toHaveLength(1)
  })

  it('is shown without the words that do not apply', async () => {
    const {queue, key, is} = await foreignList('{"a":1}', '{"a":2}')
    const peeked = await cli(['peek', ...is, '--list-pops', 'right'])
    expect(peeked.stdout).toMatch(/^queue .*: 2 of 2 items\n # +size +item\n 1 +7 B +\{"a":1\}\n 2 /)
    const inspected = await cli(['inspect', ...is])
    expect(inspected.stdout).toContain(` kept as       list in key ${key}\n ready         2 items\n`)
    expect(inspected.stdout).not.toContain('oldest')
    expect(await context.redis.exists(`sink:${queue}`)).toBe(0)
    const old = await cli(['peek', ...is, '--list-pops', 'right', '--where', 'age>1h'])
    expect(old).toMatchObject({code: 2, stderr: expect.stringContaining('have no times')})
  })

  it('is purged by what is in its items, and restored', async () => {
    const {queue, key, is} = await foreignList('{"a":1}', '{"a":2}', '{"a":2}', '{"a":3}')
    const purged = await cliJson(['purge', ...is, '--list-pops', 'right', '--where', 'a:2', '--yes'])
    expect(purged.json).toMatchObject({matched: 2, purged: 2})
    expect(await context.redis.lrange(key, 0, -1)).toEqual(['{"a":3}', '{"a":1}'])
    expect((await cli(['undo', purged.json.trash, '-q', queue])).code).toBe(0)
    expect((await context.redis.lrange(key, 0, -1)).sort()).toEqual([
      '{"a":1}',
      '{"a":2}',
      '{"a":2}',
      '{"a":3}',
    ])
  })

  it('is asked about at a terminal', async () => {
    const {key, is} = await foreignList('{"a":1}', '{"a":2}')
    const terminal = atTerminal(['peek', ...is])
    await until(() => terminal.screen().includes('left or right?'))
    terminal.type('right\r')
    expect(await terminal.ended).toBe(0)
    expect(terminal.screen()).toMatch(/1 +7 B +\{"a":1\}/)
    expect(await context.redis.llen(key)).toBe(2)
  })
})

describe('a new queue', () => {
  it('keeps its items as it was said at first', async () => {
    const {queue, keys} = context.newQueue()
    const made = ['enqueue', '-q', queue, '--engine', 'list', '--list-pops', 'left']
    expect((await cli(made, {input: '{"a":1}\n{"a":1}\n'})).stdout).not.toContain('duplicates')
    expect(await context.redis.lrange(keys.ready, 0, -1)).toEqual(['{"a":1}', '{"a":1}'])
    const more = await cliJson(['enqueue', '-q', queue], {input: '{"a":2}\n'})
    expect(more.json).toMatchObject({engine: 'list', enqueued: 1})
    expect(await context.redis.llen(keys.ready)).toBe(3)
    const other = await cli(['enqueue', '-q', queue, '--engine', 'zset'], {input: '{"a":2}\n'})
    expect(other).toMatchObject({code: 2, stderr: expect.stringContaining('is a list, not a sorted set')})
    const urgent = await cli(['enqueue', '-q', queue, '--priority', '3'], {input: '{"a":2}\n'})
    expect(urgent).toMatchObject({code: 2, stderr: expect.stringContaining('no --priority for a list')})
  })

  it('has the name of its key, if a queue may have it', async () => {
    const {queue: key} = context.newQueue()
    expect((await cli(['enqueue', '--redis-key', key], {input: '{"a":1}\n'})).stdout).toContain(
      `queue ${key}\n`,
    )
    expect(await context.redis.zcard(key)).toBe(1)
    await context.redis.del(key)
    const odd = await cli(['enqueue', '--redis-key', 'a:b'], {input: '{"a":1}\n'})
    expect(odd).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected --queue beside --redis-key'),
    })
  })
})

it.each(['peek', 'inspect'])(
  '%s of a key that is no queue names the kinds that there are',
  async (command) => {
    const {queue} = context.newQueue()
    await context.redis.set(`text:${queue}`, 'x')
    const {code, stderr} = await cli([command, '-q', queue, '--redis-key', `text:${queue}`])
    expect(code).toBe(1)
    expect(stderr).toContain('is a string, not a sorted set, list or stream')
  },
)
