import type {Redis} from 'ioredis'
import {requireUrl} from '../../config/require-url.ts'
import {addressOf, type SettingFlags} from '../../config/settings.ts'
import type {QueueEngine} from '../../queue/engine.ts'
import {sentinelLoginOf} from '../../redis/sentinel/login.ts'
import {readSettings} from '../read-settings.ts'
import type {Line} from './at-cursor.ts'

/** How long Redis may take, ms. A person who presses a key waits for it. */
const ANSWER_MS = 300

/** Lends the queue that a command line names. Nobody closes the connection: the process is about to end. */
export async function lendQueue<R>(
  {given}: Line,
  use: (queue: QueueEngine, redis: Redis) => Promise<R>,
): Promise<R> {
  const flags: SettingFlags = Object.fromEntries(
    [...given].filter(([name, value]) => value !== '' && SETTINGS.includes(name)),
  )
  const {settings, tlsFiles} = await readSettings(flags, [], () => {})
  const url = requireUrl(settings, 'redisUrl')
  const {connectRedis} = await import('../../redis/connect.ts')
  const {openQueue} = await import('../../queue/open.ts')
  const answer = async () => {
    const access = {tls: tlsFiles, sentinelLogin: sentinelLoginOf(process.env)}
    const redis = await connectRedis(url, {...access, name: 'qtool-complete', reconnectMs: 0})
    return use(await openQueue(redis, addressOf(settings)), redis)
  }
  return Promise.race([answer(), tooLate()])
}

const SETTINGS = ['profile', 'redis-url', 'database-url', 'queue', 'redis-key']

function tooLate(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`no answer within ${ANSWER_MS} ms`)), ANSWER_MS)
  })
}
