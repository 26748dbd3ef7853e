import type {Redis} from 'ioredis'
import {QtoolError} from '../errors.ts'
import type {QueueEngine} from '../queue/engine.ts'
import {openQueue} from '../queue/open.ts'

/**
 * A queue of a demo, empty.
 * @throws QtoolError (refused) if it is paused: the workers of the demo would wait until somebody resumed it
 */
export async function readyDemoQueue(redis: Redis, name: string): Promise<QueueEngine> {
  const queue = await openQueue(redis, {name})
  if ((await queue.pauseState()).paused) {
    throw new QtoolError(`queue ${name} is paused`, {
      code: 'PAUSED',
      kind: 'refused',
      suggestions: [`qtool resume -q ${name}`],
    })
  }
  await queue.destroy()
  return queue
}
