import {describe, expect, it} from 'vitest'
import {atTerminal} from '../support/at-terminal.ts'
import {cli, cliJson, until} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'

const context = useServers()

async function seeded(count = 5) {
  const at = context.newQueue()
  await seedLetters(
    context,
    at,
    Array.from({length: count}, (_, i) => ({payload: `{"n": ${i}, "tenant":77}`, score: i})),
  )
  await context.redis.zadd(at.keys.dead, 1.7e12, '{"points":[{"n":9,"tenant":77}],"reason":"r"}')
  return at
}

const all = (key: string) => context.redis.zrange(key, '0', '-1', 'WITHSCORES')
const edit = ['--match', 'tenant=77', '--set', 'tenant=78', '--yes']

describe('an edit of many', () => {
  it('is undone to the byte', async () => {
    const {queue, keys} = await seeded(250)
    const before = await all(keys.dead)
    const {json} = await cliJson(['dlq', 'edit', '-q', queue, ...edit])
    expect(json).toMatchObject({queue, matched: 251, edited: 251, trash: expect.stringMatching(/^\w{8}$/)})
    expect(await all(keys.dead)).not.toEqual(before)
    expect((await cliJson(['undo', '-q', queue])).json.trash).toMatchObject([{kind: 'edit', count: 251}])
    expect(await cliJson(['undo', json.trash, '-q', queue])).toMatchObject({json: {restored: 251, trash: []}})
    expect(await all(keys.dead)).toEqual(before)
    expect(await context.redis.exists(keys.trashed(json.trash))).toBe(0)
  })

  it('leaves alone what was replayed since, and says how many', async () => {
    const {queue, keys} = await seeded()
    const {json} = await cliJson(['dlq', 'edit', '-q', queue, ...edit])
    await cliJson(['dlq', 'replay', '-q', queue, '--limit', '2'])
    const {stdout} = await cli(['undo', json.trash, '-q', queue])
    expect(stdout).toContain(
      '4 edited dead letters restored; 2 stay in the trash: replayed, purged or edited again since',
    )
    expect(await context.redis.zcard(keys.ready)).toBe(2)
    expect(await context.redis.zcard(keys.dead)).toBe(4)
  })

  it('shows payloads before and after, up to three, before it asks', async () => {
    const {queue, keys} = await seeded()
    const screen = atTerminal(['dlq', 'edit', '-q', queue, ...edit.slice(0, -1)])
    await until(() => screen.screen().includes('Continue?'))
    expect(screen.screen()).toContain('before  {"n": 0, "tenant":77}')
    expect(screen.screen()).toContain('after   {"n": 0, "tenant":78}')
    expect(screen.screen().match(/before {2}/g)).toHaveLength(3)
    expect(screen.screen()).toContain('and 3 more dead letters')
    screen.type('n\r')
    expect(await screen.ended).toBe(6)
    expect((await all(keys.dead)).join()).not.toMatch(/tenant\\?":78/)
  })

  it('gives them in JSON, also of a dry run', async () => {
    const {queue} = await seeded()
    const {json} = await cliJson(['dlq', 'edit', '-q', queue, '--set', 'tenant=78', '--dry-run'])
    expect(json.examples).toHaveLength(3)
    expect(json.examples[1]).toEqual({
      id: 'lease:0',
      before: '{"n": 0, "tenant":77}',
      after: '{"n": 0, "tenant":78}',
    })
    expect(json).toMatchObject({edited: 6, trash: null})
  })
})

it('leaves a trace in the letter: who, when, and of which id', async () => {
  const {queue} = await seeded()
  await cliJson(['dlq', 'edit', '-q', queue, '--id', 'lease:3', '--set', 'tenant=78', '--yes'])
  const {json} = await cliJson(['dlq', 'show', 'lease:3', '-q', queue])
  expect(json.history).toMatchObject([
    {reason: 'edited', message: expect.stringMatching(/^by .+@.+, id lease:3: --set tenant=78$/)},
  ])
  expect(Math.abs(Date.parse(json.history[0].failedAt) - Date.now())).toBeLessThan(60_000)
  const {stdout} = await cli(['dlq', 'show', 'lease:3', '-q', queue])
  expect(stdout).toMatch(/edited +\d{4}-.*by .+@/)
})

it('leaves letters that came in while the question stood', async () => {
  const at = await seeded()
  const screen = atTerminal(['dlq', 'edit', '-q', at.queue, ...edit.slice(0, -1)])
  await until(() => screen.screen().includes('Continue?'))
  await seedLetters(context, at, [
    {payload: '{"late":1,"tenant":77}', id: 'late:1', failedAt: Date.now() + 2000},
  ])
  screen.type('y\r')
  expect(await screen.ended).toBe(0)
  const letters = (await all(at.keys.dead)).join()
  expect(letters).toContain('{\\"late\\":1,\\"tenant\\":77}')
  expect(letters.match(/tenant\\?":78/g)).toHaveLength(6)
})
