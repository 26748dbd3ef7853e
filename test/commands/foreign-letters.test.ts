import {describe, expect, it} from 'vitest'
import {cli, cliJson} from '../support/cli.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

/** Letters of other programs that look like qtool's own, from far to very near. */
const LETTERS = [
  '{"id":"17","payload":"{\\"a\\":1}"}',
  '{"id":"3f1a52e6-7f0e-4a3d-9b3c-0d3a6a3c1e11~7:0","payload":"{}","reason":"invalid","score":5}',
  '{"qtool":1,"id":"x","payload":"{}"}',
  '{"qtool": 1, "id": "x", "queue": "q", "reason": "invalid", "code": "X", "message": "m", "failedAt": "t", "attempts": 1, "score": 5, "payload": "{}"}',
]

describe('letters of another program that look like our own', () => {
  it('come back to the byte from replay, export and show', async () => {
    const {queue, keys} = context.newQueue()
    for (const [i, text] of LETTERS.entries()) await context.redis.zadd(keys.dead, 1.7e12 + i, text)
    const exported = await cli(['dlq', 'export', '-q', queue])
    expect(exported.stdout.trimEnd().split('\n')).toEqual(LETTERS)
    const {json} = await cliJson(['dlq', 'list', '-q', queue])
    for (const {id, payload} of json.items) {
      const shown = await cliJson(['dlq', 'show', id, '-q', queue])
      expect(shown.json.payload).toBe(payload)
      expect(LETTERS).toContain(payload)
    }
    expect((await cliJson(['dlq', 'replay', '-q', queue])).json).toMatchObject({replayed: 4, remaining: 0})
    expect((await context.redis.zrange(keys.ready, '0', '-1')).sort()).toEqual([...LETTERS].sort())
    expect((await context.redis.hgetall(keys.stats))['dead:invalid']).toBeUndefined()
  })
})

/** What another program made of one of qtool's own letters: one more field, one bracket fewer. */
const HEAD = '{"qtool":1,"id":"x","queue":"q","reason":"invalid","code":"X"'
const NEAR = [`${HEAD},"note":1}`, HEAD]

describe('every screen', () => {
  it('counts the same letters as those of other programs, and adds up', async () => {
    const {queue, keys} = context.newQueue()
    const foreign = ['{"reason":"invalid"}', '{"reason":"gone","points":[1,2]}', 'text']
    for (const [i, text] of [...NEAR, ...foreign].entries())
      await context.redis.zadd(keys.dead, 1.7e12 + i, text)
    await cliJson(['inspect', '-q', queue, '--verify'])
    const expected = {deadLetters: 5, deadLettersByReason: {invalid: 2}, foreignDeadLetters: 3}
    for (const args of [
      ['inspect'],
      ['dlq', 'list'],
      ['dlq', 'list', '--all'],
      ['dlq', 'list', '--since', '9999d'],
    ]) {
      expect((await cliJson([...args, '-q', queue])).json).toMatchObject(expected)
    }
  })

  it('names reasons of other programs on one line, without what steers a terminal', async () => {
    const {queue, keys} = context.newQueue()
    const reason = `\u001b[31mred\u0007\nnext ${'x'.repeat(300)}`
    await context.redis.zadd(keys.dead, 1.7e12, JSON.stringify({reason}))
    const {stderr} = await cli(['dlq', 'list', '-q', queue, '--reason', 'typo'])
    expect(stderr).toContain('\\u001b[31mred\\u0007\\nnext xxx')
    expect(stderr).not.toContain('x'.repeat(100))
  })
})
