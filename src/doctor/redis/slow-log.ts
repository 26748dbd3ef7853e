import type {Redis} from 'ioredis'
import {isQueueKey} from '../../redis/keys.ts'
import {scriptName} from '../../redis/script.ts'
import type {SlowEntry} from './facts.ts'

const NEWEST = 128

/** The newest entries of the slow log, without arguments that may be payloads. */
export async function readSlowLog(redis: Redis): Promise<SlowEntry[]> {
  const reply = (await redis.slowlog('GET', NEWEST)) as Array<[number, number, number, string[]]>
  return reply.map(([, seconds, micros, words]) => ({
    at: new Date(seconds * 1000).toISOString(),
    micros,
    ...describe(words),
  }))
}

/** `EVALSHA sha numkeys key …`, or `COMMAND key …`. */
function describe([command = '', ...rest]: string[]): Pick<SlowEntry, 'command' | 'script' | 'key'> {
  const name = command.toUpperCase()
  const isScript = /^(EVAL|EVALSHA|FCALL)(_RO)?$/.test(name)
  const key = (isScript ? rest[2] : rest[0]) ?? ''
  const script = name.startsWith('EVALSHA') ? (scriptName(rest[0]) ?? null) : null
  return {command: name, script, key: isQueueKey(key) ? key : null}
}
