import {type Redis, ReplyError} from 'ioredis'
import {type Durability, IN_MEMORY} from '../config/durability.ts'
import {messageOf, QtoolError, usageError} from '../errors.ts'
import {unlessDenied} from './denied.ts'
import {parseInfo} from './info.ts'

/** How long one confirmation may take, ms. Commands of the same connection wait behind it. */
const CONFIRM_MS = 1000

/** A write was executed, but too few servers have confirmed it: a failover may lose it. */
export class NotConfirmedError extends QtoolError {
  constructor(what: string) {
    super(what, {
      code: 'NOT_CONFIRMED',
      kind: 'connect',
      suggestions: [
        'check that the replicas run and keep up: INFO replication on the primary',
        'or ask for less, with fewer --min-replicas or --durability memory',
      ],
    })
  }
}

/**
 * Waits until what this connection has written is where `durability` wants it. To be sent over the connection of the
 * write, behind it: another connection, also a later one of the same client, has nothing to wait for.
 * @throws NotConfirmedError if too few servers have it after a second
 */
export async function confirm(redis: Redis, {level, replicas}: Durability = IN_MEMORY): Promise<void> {
  if (level === 'replica') {
    const count = await redis.wait(replicas, CONFIRM_MS).catch(unlessReplica)
    if (count < replicas)
      throw new NotConfirmedError(`${count} of ${replicas} replicas have confirmed a write`)
  }
  if (level === 'disk') {
    const reply = await redis.call('WAITAOF', 1, replicas, CONFIRM_MS)
    const [onDisk, ofReplicas] = (Array.isArray(reply) ? reply : []).map(Number)
    if (!(onDisk >= 1)) throw new NotConfirmedError('Redis has not confirmed that a write is on its disk')
    if (!(ofReplicas >= replicas)) {
      throw new NotConfirmedError(
        `${ofReplicas} of ${replicas} replicas have confirmed a write on their disks`,
      )
    }
  }
}

/** A primary that was demoted meanwhile confirms nothing. */
function unlessReplica(error: unknown): number {
  if (error instanceof ReplyError && /replica instances/.test(messageOf(error))) return 0
  throw error
}

/** @throws QtoolError (usage) if the server cannot confirm in this way */
export async function assertConfirms(redis: Redis, {level}: Durability): Promise<void> {
  if (level !== 'disk') return
  try {
    await redis.call('WAITAOF', 1, 0, 1)
  } catch (error) {
    if (!(error instanceof ReplyError)) throw error
    const said = messageOf(error)
    if (/unknown command/i.test(said)) throw tooOld(await versionOf(redis))
    if (/appendonly is disabled/i.test(said)) throw withoutFile()
    throw error
  }
}

async function versionOf(redis: Redis): Promise<string> {
  const info = parseInfo((await unlessDenied(redis.info('server'))) ?? '')
  const version = info.get('redis_version')
  return version ? `this server (${version}) has no WAITAOF` : 'this server has no WAITAOF'
}

function tooOld(what: string): QtoolError {
  return usageError(
    `durability disk needs Redis 7.2 or newer, or Valkey: ${what}`,
    'appendfsync always in its configuration puts every write on disk before it is answered; durability memory is then enough',
    'durability replica waits for replicas instead of the disk',
  )
}

function withoutFile(): QtoolError {
  return usageError(
    'durability disk needs an append-only file, and this server keeps none',
    'redis-cli CONFIG SET appendonly yes',
  )
}
