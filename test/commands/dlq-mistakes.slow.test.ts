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
    ['inspect'],
    ['inspect', '--verify'],
    ['inspect', '--fail-if', 'dead>0'],
    ['peek'],
    ['purge', '--yes'],
    ['pause'],
    ['resume'],
    ['undo'],
    ['undo', '8e2d'],
    ['audit'],
    ['operations'],
    ['shards', 'status'],
    ['shards', 'rebalance', '--shards', '2', '--yes'],
    ['dlq', 'list'],
    ['dlq', 'show', 'lease:0'],
    ['dlq', 'diagnose'],
    ['dlq', 'export', '-o', '/nowhere/letters'],
    ['dlq', 'purge', '--yes'],
    ['dlq', 'replay'],
    ['dlq', 'edit', 'lease:0'],
    ['dlq', 'edit', '--set', 'n=3', '--yes'],
  ])('is refused with the one that may be meant: %s %s %s', async (...line) => {
    const {queue} = await seeded()
    const {code, json} = await cliJson([...line, '-q', typo(queue)])
    expect([code, json.error.code]).toEqual([2, 'NO_QUEUE'])
    expect(json.error.suggestions[0]).toMatch(/^did you mean ".+"\?$/)
    expect(await context.redis.exists(`paused:${typo(queue)}`)).toBe(0)
  })
})

describe('a group and an id that no letter has', () => {
  const commands = [
    ['dlq', 'list'],
    ['dlq', 'diagnose'],
    ['dlq', 'export', '-o', '/nowhere/letters'],
    ['dlq', 'purge', '--yes'],
    ['dlq', 'purge', '--plan', '/nowhere/plan'],
    ['dlq', 'replay'],
    ['dlq', 'replay', '--dry-run'],
    ['dlq', 'edit', '--set', 'n=3', '--yes'],
  ]

  /** A queue whose workers write into a table. */
  async function bound() {
    const at = await seeded()
    const table = `"${context.schema}"."letters_${at.queue.replace(/\W/g, '_')}"`
    await context.pool.query(`CREATE TABLE ${table} (n int)`)
    await at.engine.bind({table, records: 'points', rename: {}}, {rebind: true})
    return at
  }

  it.each([['dlq', 'show'], ...commands])('are refused by %s %s %s', async (...line) => {
    const {queue, keys} = await bound()
    const {json: survey} = await cliJson(['dlq', 'list', '-q', queue])
    const [group] = survey.groups.map(({id}: {id: string}) => id)
    const near = `${group.slice(0, -1)}${group.endsWith('2') ? '3' : '2'}`
    const {code, json} = await cliJson([...line, '-q', queue, '--group', near])
    expect([code, json.error.code]).toEqual([2, 'NO_LETTER'])
    expect(json.error.suggestions[0]).toBe(`did you mean "${group}"?`)
    expect(await context.redis.zcard(keys.dead)).toBe(2)
  })

  it.each(commands)('are refused by %s %s %s --id', async (...line) => {
    const {queue, keys} = await bound()
    const {code, json} = await cliJson([...line, '-q', queue, '--id', 'nope', '--id', 'neither'])
    expect([code, json.error.code]).toEqual([2, 'NO_LETTER'])
    expect(await context.redis.zcard(keys.dead)).toBe(2)
  })

  it('are no mistake beside an id that there is, or in a filter', async () => {
    const {queue} = await bound()
    const beside = await cliJson(['dlq', 'list', '-q', queue, '--id', 'nope', '--id', 'lease:0'])
    expect([beside.code, beside.json.matched]).toEqual([0, 1])
    const filter = await cli(['dlq', 'list', '-q', queue, '--where', 'group:000000'])
    expect(filter.code).toBe(0)
    expect(filter.stderr).toContain('no dead letter has the group "000000"')
  })
})
