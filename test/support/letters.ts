import {deadLetterText} from '../../src/queue/letters/dead-letter.ts'
import type {QueueKeys} from '../../src/redis/keys.ts'
import type {TestContext} from './context.ts'

export interface LetterSeed {
  payload: string
  id?: string
  reason?: 'malformed' | 'invalid' | 'foreign_key' | 'constraint'
  code?: string
  message?: string
  detail?: string
  failedAt?: number
  score?: number
}

/** Puts dead letters in qtool's own format into a queue, and counts them as a worker would. */
export async function seedLetters(
  context: TestContext,
  at: {queue: string; keys: QueueKeys},
  seeds: LetterSeed[],
): Promise<void> {
  const members = seeds.flatMap((seed, i) => {
    const {payload, id = `lease:${i}`, failedAt = 1_700_000_000_000 + i, score = i} = seed
    const {reason = 'foreign_key', code = '23503', message = 'no parent', detail} = seed
    const head = {id, queue: at.queue, failedAt, attempts: 1, score}
    return [failedAt, deadLetterText(head, {reason, code, message, detail}, Buffer.from(payload))]
  })
  await context.redis.zadd(at.keys.dead, ...members)
  for (const {reason = 'foreign_key'} of seeds)
    await context.redis.hincrby(at.keys.stats, `dead:${reason}`, 1)
}
