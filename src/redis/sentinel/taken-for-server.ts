import {type Redis, ReplyError} from 'ioredis'
import {messageOf, type QtoolError, usageError} from '../../errors.ts'
import {parseInfo} from '../info.ts'

/**
 * The error of a URL that names a sentinel as if it were a server: a sentinel holds no data, and knows few commands.
 * @param error a reply to some command
 * @returns undefined if that is not what is wrong
 */
export async function takenForServer(redis: Redis, error: unknown): Promise<QtoolError | undefined> {
  if (!(error instanceof ReplyError) || !/unknown command/i.test(messageOf(error))) return undefined
  const info = parseInfo(await redis.info('server').catch(() => ''))
  if (info.get('redis_mode') !== 'sentinel') return undefined
  const {host, port} = redis.options
  const server = `${host?.includes(':') ? `[${host}]` : host}:${port}`
  const [name = 'NAME', ...others] = await namesOf(redis)
  const also = others.length > 0 ? `; it watches ${others.join(', ')} as well` : ''
  return usageError(
    `expected a Redis server at ${server}, but a sentinel answered`,
    `write redis+sentinel://${server}/${name} in place of redis://${also}`,
  )
}

/** The primaries that a sentinel watches; none if it does not say. */
async function namesOf(redis: Redis): Promise<string[]> {
  const primaries = (await redis.call('SENTINEL', 'MASTERS').catch(() => [])) as string[][]
  return primaries.map((fields) => String(fields[fields.indexOf('name') + 1]))
}
