import {describe, expect, it} from 'vitest'
import {cli, cliJson} from '../support/cli.ts'
import {drainAll, push, testSink, useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'

const context = useServers()

describe('qtool purge and undo', () => {
  it('refuses without a terminal and without --yes, and changes nothing', async () => {
    const {queue, keys} = context.newQueue()
    await push(context, keys, ['{"a":1}'])
    const {code, stderr} = await cli(['purge', '-q', queue])
    expect(code).toBe(6)
    expect(stderr).toContain('1 ready item')
    expect(await context.redis.zcard(keys.ready)).toBe(1)
  })

  it('purges, lists and brings back, and the audit tells it', async () => {
    const {queue, keys} = context.newQueue()
    await push(context, keys, ['{"a":1}', '{"a":2}'])
    const gone = await cliJson(['purge', '-q', queue, '--yes'])
    expect(gone).toMatchObject({code: 0, json: {purged: 2}})
    expect((await cli(['undo', '-q', queue])).stdout).toContain(gone.json.trash)
    expect(await cliJson(['undo', gone.json.trash, '-q', queue])).toMatchObject({
      json: {restored: 2, trash: []},
    })
    expect(await context.redis.zcard(keys.ready)).toBe(2)
    const {json} = await cliJson(['audit', '-q', queue])
    expect(json.lines).toMatchObject([
      {action: 'undo', count: 2, queue},
      {action: 'purge', count: 2, queue, filter: 'all'},
    ])
    expect((await cli(['audit', '-q', queue])).stdout).toContain('purge')
  })

  it('says which purges there are where the id is wrong', async () => {
    const {queue} = context.newQueue()
    expect(await cli(['undo', 'nothing', '-q', queue])).toMatchObject({code: 2})
    expect(await cli(['undo', '--last', '-q', queue])).toMatchObject({code: 2})
  })
})

describe('qtool dlq purge', () => {
  it('takes only what the filter means', async () => {
    const at = context.newQueue()
    const reasons = ['invalid', 'foreign_key', 'invalid'] as const
    await seedLetters(
      context,
      at,
      reasons.map((reason, i) => ({payload: `{"a":${i}}`, reason})),
    )
    const filter = ['-q', at.queue, '--reason', 'invalid']
    expect(await cliJson(['dlq', 'purge', ...filter, '--dry-run'])).toMatchObject({
      json: {matched: 2, remaining: 3},
    })
    expect(await cli(['dlq', 'purge', ...filter])).toMatchObject({code: 6})
    const {json} = await cliJson(['dlq', 'purge', ...filter, '--yes'])
    expect(json).toMatchObject({matched: 2, purged: 2, remaining: 1})
    expect(await cliJson(['dlq', 'purge', '-q', at.queue, '--yes'])).toMatchObject({
      json: {purged: 1, remaining: 0},
    })
    expect(await cliJson(['undo', json.trash, '-q', at.queue])).toMatchObject({json: {restored: 2}})
  })
})

describe('qtool pause and resume', () => {
  it('lets no worker take a lease meanwhile', async () => {
    const at = context.newQueue()
    await context.pool.query('CREATE TABLE paused (a int)')
    await push(context, at.keys, ['{"a":1}'])
    expect(await cliJson(['pause', '-q', at.queue, '--for', '10m'])).toMatchObject({json: {paused: true}})
    expect((await cli(['inspect', '-q', at.queue])).stdout).toContain('paused')
    const stop = new AbortController()
    const options = {untilEmpty: false, signal: stop.signal, observers: [{settled: () => stop.abort()}]}
    const done = drainAll(context, await testSink(context, 'paused'), at, options)
    const looks = Array.from({length: 20}, () => context.redis.zcard(at.keys.ready))
    expect(await Promise.all(looks)).toEqual(looks.map(() => 1))
    expect(await cliJson(['resume', '-q', at.queue])).toMatchObject({json: {wasPaused: true}})
    expect(await done).toMatchObject({inserted: 1})
    expect(await cliJson(['resume', '-q', at.queue])).toMatchObject({json: {wasPaused: false}})
  })
})
