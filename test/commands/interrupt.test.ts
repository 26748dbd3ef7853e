import {describe, expect, it} from 'vitest'
import {deadLetterText} from '../../src/queue/letters/dead-letter.ts'
import {atTerminal} from '../support/at-terminal.ts'
import {until} from '../support/cli.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

async function fillDeadLetters(count: number) {
  const {queue, keys} = context.newQueue()
  for (let i = 0; i < count; i++) {
    const head = {id: `l:${i}`, queue, failedAt: 1000 + i, attempts: 1, score: i}
    const cause = {reason: 'invalid', code: '22P02', message: 'm'} as const
    await context.redis.zadd(keys.dead, 1000 + i, deadLetterText(head, cause, Buffer.from(`{"a":${i}}`)))
  }
  return {queue, keys}
}

describe.runIf(process.platform === 'linux')('Ctrl-C at a terminal', () => {
  it('stops a replay, with its summary', async () => {
    const {queue, keys} = await fillDeadLetters(500)
    const replay = atTerminal(['dlq', 'replay', '-q', queue, '--rate', '50'])
    await until(async () => (await context.redis.zcard(keys.ready)) > 0)
    replay.type('\x03')
    expect(await replay.ended).toBe(130)
    expect(replay.screen()).toContain('dead letters now')
    expect((await context.redis.zcard(keys.ready)) + (await context.redis.zcard(keys.dead))).toBe(500)
  })

  it('stops a worker that waits for items', async () => {
    await context.pool.query('CREATE TABLE idle (a int)')
    const {queue, keys} = context.newQueue()
    const worker = atTerminal(['work', '-q', queue, '--table', `${context.schema}.idle`])
    await until(async () => (await context.redis.hlen(keys.workers)) > 0)
    worker.type('\x03')
    expect(await worker.ended).toBe(130)
  })

  it('at a question changes nothing', async () => {
    const {queue, keys} = await fillDeadLetters(3)
    const purge = atTerminal(['dlq', 'purge', '-q', queue])
    await until(() => purge.screen().includes('Continue?'))
    purge.type('\x03')
    expect(await purge.ended).toBe(130)
    expect(purge.screen()).toContain('nothing was changed')
    expect(await context.redis.zcard(keys.dead)).toBe(3)
  })

  it('a wrong flag ends at once, with no line that turns', async () => {
    const {queue} = context.newQueue()
    expect(await atTerminal(['dlq', 'replay', '-q', queue, '--rate', '0']).ended).toBe(2)
  })
})
