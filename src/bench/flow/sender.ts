import type {Redis} from 'ioredis'
import {duplicateRedis} from '../../redis/client.ts'

/**
 * A connection of its own for a load, not connected yet; the caller closes it with `closeRedis`.
 * @param onLost called once the client has stopped reconnecting, with its last error
 */
export async function openSender(redis: Redis, onLost: (error: unknown) => void): Promise<Redis> {
  // Nothing is resent: if the record was drained meanwhile, the bench itself would cause a second row
  const sender = await duplicateRedis(redis, {
    autoResendUnfulfilledCommands: false,
    // A reply may take until the end of the run: a timeout would make it look faster than it was
    commandTimeout: undefined,
  })
  let lastError: unknown = new Error('the connection was closed')
  sender.on('error', (error: unknown) => {
    lastError = error
  })
  sender.once('end', () => onLost(lastError))
  return sender
}
