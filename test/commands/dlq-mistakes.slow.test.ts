import {describe, expect, it} from 'vitest'
import {cli, cliJson} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'

const context = useServers()

async function seeded() {
  const at = context.newQueue()
  await seedLetters(context, at, [
    {payload: '{"n":1}'},
    {payload: '{"n":2}', reason: 'invalid', code: '22P02'},
  ])
  return at
}

describe('a reason that no letter has', () => {
  it.each([
    ['dlq', 'list'],
    ['dlq', 'export'],
    ['dlq', 'purge', '--yes'],
    ['dlq', 'replay'],
    ['dlq', 'edit', '--set', 'n=3', '--yes'],
  ])('is refused by %s %s, with those that there are', async (...line) => {
    const {queue, keys} = await seeded()
    const {code, stderr} = await cli([...line, '-q', queue, '--reason', 'fk'])
    expect(code).toBe(2)
    expect(stderr).toContain('did you mean "foreign_key"?')
    expect(stderr).toContain('invalid')
    expect(await context.redis.zcard(keys.dead)).toBe(2)
  })

  it('is no mistake where qtool knows it', async () => {
    const {queue} = await seeded()
    const {code, stdout} = await cli(['dlq', 'list', '-q', queue, '--reason', 'poison'])
    expect(code).toBe(0)
    expect(stdout).toContain('no dead letter matches the filter (2 in total)')
  })

  it('may be that of another producer', async () => {
    const {queue, keys} = await seeded()
    await context.redis.zadd(keys.dead, 1.7e12, '{"points":[],"reason":"Flight 12 not found"}')
    const {json} = await cliJson(['dlq', 'list', '-q', queue, '--reason', 'Flight N not found'])
    expect(json).toMatchObject({matched: 1})
  })
})

it.each([
  ['--code', '23505', 'codes: 22P02, 23503'],
  ['--column', 'placed_at', 'no dead letter of this queue has a column'],
])('says which values there are for %s %s, which may be right another night', async (flag, value, said) => {
  const {queue} = await seeded()
  const {code, stderr} = await cli(['dlq', 'purge', '-q', queue, flag, value, '--yes'])
  expect(code).toBe(0)
  expect(stderr).toContain(said)
})

it.each([
  ['--since', '2099-01-01'],
  ['--match', 'n!=1'],
])('refuses %s %s', async (flag, value) => {
  const {queue} = await seeded()
  const {code, stderr} = await cli(['dlq', 'list', '-q', queue, flag, value])
  expect(code).toBe(2)
  expect(stderr).toContain(flag)
})

describe('a queue of which Redis knows nothing', () => {
  const typo = (queue: string) => `${queue}x`

  it.each([
    ['purge', '--yes'],
    ['pause'],
    ['resume'],
    ['dlq', 'purge', '--yes'],
    ['dlq', 'replay'],
    ['dlq', 'edit', '--set', 'n=3', '--yes'],
  ])('is refused by what would change it: %s %s', async (...line) => {
    const {queue} = await seeded()
    const {code, json} = await cliJson([...line, '-q', typo(queue)])
    expect(code).toBe(2)
    expect(json.error.code).toBe('NO_QUEUE')
    expect(json.error.suggestions[0]).toMatch(/^did you mean ".+"\?$/)
    expect(await context.redis.exists(`paused:${typo(queue)}`)).toBe(0)
  })

  it.each([['dlq', 'list'], ['dlq', 'export'], ['inspect'], ['peek'], ['undo']])(
    'is told by what only reads, which answers as ever: %s %s',
    async (...line) => {
      const {queue} = await seeded()
      const {code, stderr} = await cli([...line, '-q', typo(queue)])
      expect(code).toBe(0)
      expect(stderr).toContain('no queue "')
      expect(stderr).toContain('queues here: ')
    },
  )
})
