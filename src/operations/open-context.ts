import type {Redis} from 'ioredis'
import type {QueueAddress} from '../config/queue-said.ts'
import {openAudit} from '../queue/audit.ts'
import {openQueue} from '../queue/open.ts'
import type {Caller, Context} from './context.ts'

/** Gives a caller a queue, over a connection that the caller closes. @throws QtoolError (usage) for an impossible name */
export async function openContext(caller: Caller, redis: Redis, queue: QueueAddress): Promise<Context> {
  return {
    ...caller,
    queue: await openQueue(redis, queue),
    audit: openAudit(redis),
  }
}
