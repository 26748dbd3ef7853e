import {usageError} from '../errors.ts'

interface Parsed {
  args: Record<string, unknown>
  flags: Record<string, unknown>
}

/** A command line that names the queue as an argument, as if it had named it with --queue. @throws QtoolError (usage) */
export function withQueueArgument<P extends Parsed>(parsed: P): P {
  const {queue} = parsed.args
  if (typeof queue !== 'string') return parsed
  return {...parsed, flags: {...parsed.flags, queue: namedOnce(queue, parsed.flags.queue)}}
}

/**
 * @param queue named as an argument
 * @param flag what --queue names, if it is given
 * @throws QtoolError (usage) if they differ
 */
export function namedOnce(queue: string, flag: unknown): string {
  if (flag === undefined || flag === queue) return queue
  throw usageError(
    `the queue is named twice: ${JSON.stringify(queue)} and --queue ${JSON.stringify(flag)}`,
    'name it once',
  )
}
