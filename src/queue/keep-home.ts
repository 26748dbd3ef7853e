import type {Redis} from 'ioredis'
import {QtoolError} from '../errors.ts'
import type {QueueKeys} from '../redis/keys.ts'
import {type QueueHome, settleHome} from './home.ts'

/**
 * Writes down what is new of a queue, so that from now on its name alone finds it.
 * @throws QtoolError (usage) if somebody has said something else meanwhile
 */
export async function keepHome(
  {redis, name, keys}: {redis: Redis; name: string; keys: QueueKeys},
  news: QueueHome,
): Promise<void> {
  const said = Object.entries(news) as Array<[keyof QueueHome, string]>
  if (said.length === 0) return
  const home = await settleHome(redis, keys, news)
  const other = said.find(([field, value]) => home[field] !== value)
  if (!other) return
  const [field, value] = other
  throw new QtoolError(`${field} of queue ${name} has just become ${home[field]}, not ${value}`, {
    code: 'OTHER_QUEUE',
    kind: 'usage',
    suggestions: ['name another queue with -q, or leave the flag out'],
  })
}
